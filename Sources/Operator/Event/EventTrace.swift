import ArgumentParser
import Domain
import Pipeline
import Store

struct EventTrace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Who got an event, on which device, who not and why.",
        discussion: """
            Examples:
              carillon event trace E-7F3K2
              carillon event trace E-7F3K2 --user 9100001
              carillon event trace E-7F3K2 --missing -o csv > not-reached.csv
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The event's id.")
    var id: String

    @Flag(help: "Only those who were not reached, or not yet.")
    var missing = false

    @Option(help: "Only this person, by ENT id or feed key.")
    var user: String?

    func run() async throws {
        let inspection = try options.inspection()
        let report = try inspection.report(id)
        let rows = try rows(report, inspection)
        let renderer = options.renderer
        let status = EventStatus.json(report)
        let scope = [missing ? "not reached" : nil, user.map { "user \($0)" }].compactMap { $0 }
        let listing = Listing(
            id: "user",
            scope: (["\(report.event.id)"] + scope).joined(separator: ", "),
            source: "store",
            columns: Self.columns,
            items: rows,
            total: rows.count
        )
        switch renderer.format {
        case .table:
            let head = EventShow.lines(status, now: renderer.now).filter { line in
                ["guardians", "pupils", "deliveries", "state"].contains { line.hasPrefix("  \($0) ") }
                    || !line.hasPrefix(" ")
            }
            let table = renderer.table(listing, withHeader: false)
            try renderer.write(status, id: "id") { head + [""] + table.split(separator: "\n").map(String.init) }
        case .json:
            var object = status
            object["users"] = .array(rows.map { .object($0) })
            try renderer.write(object, id: "id") { [] }
        case .ndjson, .csv, .ids: try renderer.write(listing)
        }
        if rows.isEmpty, missing || user != nil {
            throw OperatorFailure(.nothing, "nothing matched: \(listing.scope)")
        }
    }

    private func rows(_ report: EventReport, _ inspection: Inspection) throws -> [JSONObject] {
        let names = Dictionary(uniqueKeysWithValues: inspection.lanes.map { ($0.id, $0.name) })
        var wanted: PersonID?
        if let user { wanted = try inspection.askRegistry { try $0.person(user)?.id } }
        return try report.persons.compactMap { person in
            if missing, person.standing == .reached || person.role == .author { return nil }
            if let user {
                let unknown = person.person.unknownIndex
                let isNamed = unknown.map {
                    report.event.unknownUsers.indices.contains($0) && report.event.unknownUsers[$0] == user
                }
                guard person.person == wanted || isNamed == true else { return nil }
            }
            // Read before, because what the rows are made with cannot throw.
            var persons: [PersonID: StoredPerson] = [:]
            for id in [person.person] + person.through where id.unknownIndex == nil {
                persons[id] = try inspection.askRegistry { try $0.person(id) }
            }
            var devices: [DeviceID: DeviceRow] = [:]
            for delivery in person.deliveries where delivery.lane != .nowhere {
                devices[delivery.device] = try inspection.device(delivery.device)
            }
            return EventStatus.json(
                person,
                report: report,
                names: { persons[$0] },
                devices: { devices[$0] },
                laneNames: names
            ).object
        }
    }

    private static let columns: [Listing.Column] = [
        .text("USER", "user"), .text("GUARDIAN", "guardian"),
        Listing.Column(title: "THROUGH", member: "through") { value, _ in
            value.array?.compactMap(\.string).joined(separator: ",") ?? "-"
        },
        .state("STATE", "state"), .text("REASON", "reason"),
        Listing.Column(title: "DEVICES", member: "devices") { value, _ in
            let devices = value.array?.map { device in
                let words = ["installation", "lane", "state", "reason"].compactMap { device[$0]?.string }
                return words.joined(separator: " ")
            }
            return devices.map { $0.isEmpty ? "-" : $0.joined(separator: "; ") } ?? "-"
        },
    ]
}
