import Contract
import Domain

/// A status as lines for people.
struct StatusScreen {
    let report: StatusReport
    let renderer: Renderer

    /// Safe for a terminal: what comes from outside holds no control characters.
    var lines: [String] {
        let table = renderer.table(report.facts.listing, withHeader: false).split(separator: "\n").map(String.init)
        return head.map(DisplayWidth.safe) + table + Attention.sentences(report).map { DisplayWidth.safe("! \($0)") }
    }

    private var head: [String] {
        var lines = [Renderer.head("carillon", at: report.at, source: report.facts.source), service, store]
        if let rates = report.rates {
            func rate(_ name: String) -> String { rates[name].map { Listing.Column.plain($0) } ?? "-" }
            lines.append(
                say(
                    "rates     \(decimal: rate("eventsPerSecond")) events/s accepted   \(decimal: rate("deliveriesPerSecond")) deliveries/s ended   over \(decimal: rate("seconds")) s"
                )
            )
        }
        let facts = report.facts
        var sums = [
            say("pending \(facts.sum(\.pending))"), say("deferred \(facts.sum(\.deferred))"),
            say("dead \(facts.sum(\.dead))"),
        ]
        if facts.sum(\.held) > 0 { sums.append(say("held \(facts.sum(\.held))")) }
        let oldest =
            facts.oldestSeconds.map { say("oldest \(RelativeTime.length(Int64($0)))") } ?? say("nothing is pending")
        lines.append(say("waiting   ") + (sums + [oldest]).joined(separator: "   "))
        if report.quiet.count > 0 {
            let first =
                report.quiet.opensAt.map { say(", the first ring \(LocalMoment.text($0, school: nil)) (Paris)") } ?? ""
            lines.append(say("quiet     \(report.quiet.count) deliveries wait for quiet hours to end\(first)"))
        }
        let events = report.events.map { "\($0.name) \(Listing.Column.plain($0.value))" }
        lines.append(say("events    ") + events.joined(separator: "   "))
        return lines + [""]
    }

    private var service: String {
        guard let service = report.service else {
            return say("service   does not answer on its admin socket: what is in flight is not known")
        }
        let epoch = service.epoch.map { "\($0)" } ?? "-"
        let uptime = RelativeTime.length(Int64(service.uptimeSeconds))
        return say(
            "service   answers, pid \(digits: service.processID), version \(service.version), epoch \(epoch), up \(uptime)"
        )
    }

    private var store: String {
        let files = report.files
        let (queue, wal) = (StoreFiles.text(files.queueBytes), StoreFiles.text(files.walBytes))
        let registry = StoreFiles.text(files.registryBytes)
        return say(
            "store     readable, queue \(queue), wal \(wal), registry \(registry), disk \(digits: files.freePercent) % free"
        )
    }
}
