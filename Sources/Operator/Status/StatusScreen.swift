import Domain

/// A status as lines for people.
struct StatusScreen {
    let report: StatusReport
    let renderer: Renderer

    /// Safe for a terminal: what comes from outside holds no control characters.
    var lines: [String] {
        let table = renderer.table(report.facts.listing, withHeader: false).split(separator: "\n").map(String.init)
        let attention = report.object["attention"]?.array?.compactMap(\.string) ?? []
        return head.map(DisplayWidth.safe) + table + attention.map { DisplayWidth.safe("! \($0)") }
    }

    private var head: [String] {
        let object = report.object
        var lines = ["carillon · \(object["at"]?.string ?? "") · \(say(known: report.facts.source))"]
        lines += [service(object), store(object)]
        if let rates = object["rates"]?.object {
            lines.append(
                say(
                    "rates     \(decimal: word(rates["eventsPerSecond"])) events/s accepted   \(decimal: word(rates["deliveriesPerSecond"])) deliveries/s ended   over \(decimal: word(rates["seconds"])) s"
                )
            )
        }
        let hasHeld = object["held"]?.int64 ?? 0 > 0
        func sum(_ name: String) -> Int64 { object[name]?.int64 ?? 0 }
        var sums = [say("pending \(sum("pending"))"), say("deferred \(sum("deferred"))"), say("dead \(sum("dead"))")]
        if hasHeld { sums.append(say("held \(sum("held"))")) }
        let oldest =
            object["oldestSeconds"]?.int64.map { say("oldest \(RelativeTime.length($0))") } ?? say("nothing is pending")
        lines.append(say("waiting   ") + (sums + [oldest]).joined(separator: "   "))
        if let quiet = object["waiting"]?.object, let count = quiet["quietHours"]?.int64, count > 0 {
            let opening = quiet["opensAt"]?.string.flatMap { Instant(rfc3339: $0) }
            let first = opening.map { say(", the first ring \(LocalMoment.text($0, school: nil)) (Paris)") } ?? ""
            lines.append(say("quiet     \(count) deliveries wait for quiet hours to end\(first)"))
        }
        let events = object["events"]?.object ?? JSONObject()
        lines.append(say("events    ") + events.map { "\($0.name) \(word($0.value))" }.joined(separator: "   "))
        return lines + [""]
    }

    private func service(_ object: JSONObject) -> String {
        guard report.facts.source == "live", let service = object["service"]?.object else {
            return say("service   does not answer on its admin socket: what is in flight is not known")
        }
        let uptime = service["uptimeSeconds"]?.int64.map { RelativeTime.length($0) } ?? "?"
        return say(
            "service   answers, pid \(word(service["pid"])), version \(word(service["version"])), epoch \(word(service["epoch"])), up \(uptime)"
        )
    }

    private func store(_ object: JSONObject) -> String {
        let store = object["store"]?.object
        func size(_ name: String) -> String { store?[name]?.int64.map { StoreFiles.text($0) } ?? "?" }
        return say(
            "store     readable, queue \(size("queueBytes")), wal \(size("walBytes")), registry \(size("registryBytes")), disk \(word(store?["diskFreePercent"])) % free"
        )
    }

    private func word(_ value: JSONValue?) -> String { value.map { Listing.Column.plain($0) } ?? "-" }
}
