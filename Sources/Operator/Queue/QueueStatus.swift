import ArgumentParser
import Domain
import Store

struct QueueStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "One screen: service, lanes, events, the oldest delivery.",
        discussion: """
            Examples:
              carillon queue status
              carillon queue status -o json | jq '.lanes[] | select(.state != "active")'
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let now = renderer.now
        let client = AdminClient(socket: inspection.adminSocket)
        let service = await client.get("/admin/status")
        await client.stop()
        let live = service?["lanes"]?.array.map { LaneFacts(source: "live", items: $0.compactMap(\.object)) }
        let facts = try live ?? LaneFacts.stored(inspection, now: now)
        let counts = try inspection.ask { try $0.eventCounts(doneSince: now + .seconds(-86_400)) }

        let object = json(facts, counts, service: service, now: now)
        try renderer.write(object, id: "source") { lines(object, facts, renderer) }
    }

    private func json(_ facts: LaneFacts, _ counts: [EventState: Int], service: JSONObject?, now: Instant) -> JSONObject
    {
        var object = JSONObject()
        object["at"] = .string(now.rfc3339)
        object["source"] = .string(facts.source)
        var about = JSONObject()
        about["isAnswering"] = .bool(service != nil)
        for name in ["version", "pid", "startedAt", "uptimeSeconds", "epoch", "notReady", "waitingCommits"] {
            about[name] = service?[name] ?? .null
        }
        object["service"] = .object(about)
        object["store"] = ["isReadable": true]
        object["lanes"] = .array(facts.items.map { .object($0) })
        var events = JSONObject()
        for state in EventState.allCases where state != .withdrawn {
            events[state == .done ? "doneToday" : state.word] = .number(counts[state] ?? 0)
        }
        object["events"] = .object(events)
        let oldest = facts.items.compactMap { $0["oldestSeconds"]?.int64 }.max()
        object["oldestSeconds"] = oldest.map { .number($0) } ?? .null
        return object
    }

    private func lines(_ object: JSONObject, _ facts: LaneFacts, _ renderer: Renderer) -> [String] {
        let service = object["service"]?.object
        var lines = ["carillon · \(renderer.now.rfc3339) · \(facts.source)"]
        if facts.source == "live" {
            let uptime = service?["uptimeSeconds"]?.int64.map { RelativeTime.length($0) } ?? "?"
            lines.append(
                "service   answers, pid \(word(service?["pid"])), version \(word(service?["version"])), up \(uptime)"
            )
            let notReady = service?["notReady"]?.array?.compactMap(\.string) ?? []
            if !notReady.isEmpty { lines.append("NOT READY \(notReady.joined(separator: "; "))") }
        } else {
            lines.append("service   does not answer on its admin socket: what is in flight is not known")
        }
        lines.append("store     readable, epoch \(word(service?["epoch"]))")
        lines.append("")
        lines += renderer.table(facts.listing, withHeader: false).split(separator: "\n").map(String.init)
        lines.append("")
        let events = object["events"]?.object ?? JSONObject()
        lines.append("events    " + events.map { "\($0.name) \(word($0.value))" }.joined(separator: "   "))
        lines.append("oldest    " + (object["oldestSeconds"]?.int64.map { RelativeTime.length($0) } ?? "nothing waits"))
        return lines
    }

    private func word(_ value: JSONValue?) -> String { value.map { Listing.Column.plain($0) } ?? "-" }
}
