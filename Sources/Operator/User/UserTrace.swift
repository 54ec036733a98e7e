import ArgumentParser
import Contract
import Domain
import Pipeline
import Providers
import Store

struct UserTrace: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "What one person got, what not, and why; newest first.",
        discussion: """
            One line an event that concerned the person, with what became of it on each device. What he or she \
            wrote is not listed: the author is not notified.

            Examples:
              carillon user trace 9100001
              carillon user trace 9100001 --since 30d --missing
              carillon user trace 9100001 -o json | jq '.items[] | select(.state != "reached")'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The ENT id, or the feed's key; feed:key where several feeds have it.")
    var user: String

    @Option(help: "How far back: 24h, 7d.")
    var since: TimeLengthArgument = "7d"
    @Option(help: "At most so many events.")
    var limit = 1000
    @Flag(help: "Only events that did not reach the person, or not yet.")
    var missing = false

    func validate() throws {
        try since.check("since", like: "24h", "7d")
        try ListOptions.check(limit, max: 100_000)
    }

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let person = try self.person(inspection)
        let start = renderer.now - since.duration
        let events = try inspection.ask { queue in
            try queue.events(
                concerning: person.map { .known($0.id) } ?? .unknown(user),
                since: start,
                until: renderer.now + .seconds(60),
                max: limit,
                laneReason: inspection.laneReason
            )
        }
        if person == nil, events.isEmpty {
            throw OperatorError(
                .nothing,
                say("nobody is known as \(user)"),
                why: say("neither directory, devices nor an event since \(start.rfc3339) name this id"),
                next: "carillon device list --user \(user)"
            )
        }
        inspection.look(.userTrace, at: person.map { [$0.id] } ?? [])
        let devices = try inspection.askRegistry { try $0.devices(.init(user: user), after: nil, limit: 100) }
        let items = try events.map { try json($0, inspection) }.filter { !missing || $0["state"] != "reached" }
        let listing = Listing(
            id: "event",
            scope: say("events for user \(user) since \(start.rfc3339)") + (missing ? say(", not reached") : ""),
            columns: Self.columns,
            items: items,
            total: events.count < limit ? items.count : nil
        )
        if renderer.format == .table {
            try renderer.context.writeText(
                head(listing, events, devices, renderer) + renderer.table(listing, withHeader: false)
            )
        } else {
            try renderer.write(listing)
        }
        if items.isEmpty { throw OperatorError(.nothing, say("nothing matched: \(listing.scope)")) }
    }

    /// nil: neither the directory nor the devices know the name.
    private func person(_ inspection: Inspection) throws -> StoredPerson? {
        let (persons, names) = try inspection.askRegistry { registry in
            let persons = try registry.persons(meantBy: user)
            return (persons, persons.count > 1 ? try persons.map(registry.distinctName) : [])
        }
        guard persons.count > 1 else { return persons.first }
        throw OperatorError(
            .usage,
            say("\(user) is the key of \(persons.count) persons"),
            why: say("their names: \(names.joined(separator: ", "))"),
            next: "carillon user trace \(names[0])"
        )
    }

    /// What to know before the lines: the devices, and the sums.
    private func head(
        _ listing: Listing,
        _ events: [PersonalEvent],
        _ devices: [DeviceRow],
        _ renderer: Renderer
    ) -> String {
        let shown = devices.map { device in
            say(
                "\(device.installation) \(device.provider.name) \(device.state.word), seen \(RelativeTime.text(device.lastSeenAt, now: renderer.now))"
            )
        }
        var sums: [String: Int] = [:]
        for event in events { sums[EventStatus.words(event.standing).state, default: 0] += 1 }
        let counts = ["reached", "waiting", "notReached"].map { "\($0) \(sums[$0] ?? 0)" }.joined(separator: "   ")
        let lines = [
            renderer.header(of: listing),
            say("devices  ") + (shown.isEmpty ? say("none") : shown.joined(separator: "; ")),
            say("events   ") + counts, "",
        ]
        return lines.map { renderer.cut($0) + "\n" }.joined()
    }

    private func json(_ entry: PersonalEvent, _ inspection: Inspection) throws -> JSONObject {
        var object = EventStatus.view(entry).object
        object["devices"] = .array(try entry.rows.filter { $0.lane != .nowhere }.map { try device($0, inspection) })
        return object
    }

    private func device(_ row: DeliveryRow, _ inspection: Inspection) throws -> JSONValue {
        [
            "delivery": .string(row.id.description),
            "installation": try inspection.device(row.device).map { .string($0.installation) } ?? .null,
            "lane": .string(inspection.laneName(row.lane) ?? ""), "state": .string("\(row.result.state)"),
            "reason": row.result.reason.map { .string($0.word) } ?? .null, "attempts": .number(row.attempts),
            "lastStatus": row.last.map { .number($0.status) } ?? .null,
            "lastReason": row.last.map { .string($0.reason) } ?? .null,
            "nextAt": row.nextAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }

    private static let columns: [Listing.Column] = [
        .time("ACCEPTED", "acceptedAt"), .text("EVENT", "event"), .text("SCHOOL", "school").optional,
        .text("APP", "app"), .text("ACTION", "action").optional, .state("STATE", "state"), .text("REASON", "reason"),
        Listing.Column(title: "DEVICES", member: "devices") { value, _ in
            let devices = value.array?.map { device in
                let last = device["state"] == "accepted" ? nil : device["lastReason"]?.string
                let state = device["state"]?.string
                let reason = device["reason"]?.string
                let words = [device["installation"]?.string, device["lane"]?.string, state]
                return (words + [reason == state ? nil : reason, last]).compactMap { $0 }.joined(separator: " ")
            }
            return devices.map { $0.isEmpty ? "-" : $0.joined(separator: "; ") } ?? "-"
        },
    ]
}
