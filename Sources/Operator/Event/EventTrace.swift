import ArgumentParser
import Contract
import Domain
import Pipeline
import Store

struct EventTrace: AnsweringCommand {
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

    @Option(help: "Users shown in a table at most; the other formats show all.")
    var limit = ListOptions.limitByDefault

    func validate() throws { try ListOptions.check(limit) }

    func run() async throws {
        let inspection = try options.inspection()
        let report = try inspection.report(id)
        let persons = try persons(report, inspection)
        inspection.look(
            .eventTrace,
            at: user == nil ? [] : persons.map(\.person).filter { $0.unknownIndex == nil },
            event: report.event.id
        )
        let renderer = options.renderer
        let isTable = renderer.format == .table
        let rows = try rows(isTable ? Array(persons.prefix(limit)) : persons, report, inspection)
        let scope = [missing ? say("not reached") : nil, user.map { "user \($0)" }].compactMap { $0 }
        let listing = Listing(
            id: "user",
            scope: (["\(report.event.id)"] + scope).joined(separator: ", "),
            columns: Self.columns,
            items: rows,
            total: persons.count
        )
        let lanes = LaneSums.of(report, inspection).map(\.json)
        switch renderer.format {
        case .table: try write(report, lanes, listing, renderer)
        case .json:
            var object = EventStatus.view(report).object
            object["lanes"] = .array(lanes.map { .object($0) })
            object["users"] = .array(rows.map { .object($0) })
            try renderer.write(object, id: "id") { [] }
        case .ndjson, .csv, .ids: try renderer.write(listing)
        }
        if persons.isEmpty, missing || user != nil {
            throw OperatorError(.nothing, say("nothing matched: \(listing.scope)"))
        }
    }

    private func write(_ report: EventReport, _ lanes: [JSONObject], _ users: Listing, _ renderer: Renderer) throws {
        let status = EventStatus.view(report).object
        let shown = ["state", "guardians", "pupils", "deliveries", "waiting", "notReached"]
        let head = EventShow.lines(status, now: renderer.now, members: shown)
        var lanesTable = users
        (lanesTable.columns, lanesTable.items, lanesTable.total) = (LaneSums.columns, lanes, nil)
        var lines = head.map(renderer.cut)
        if !lanes.isEmpty { lines += [""] + Self.lines(renderer.table(lanesTable, withHeader: false)) }
        lines += [""] + Self.lines(renderer.table(users, withHeader: false))
        if let total = users.total, total > users.items.count {
            lines.append(
                say("\(users.items.count) of \(total) users shown; --missing, --user, --limit, or -o ndjson for all")
            )
        }
        try renderer.write(status, id: "id", colored: true) { lines }
    }

    private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    /// Those the flags ask for.
    private func persons(_ report: EventReport, _ inspection: Inspection) throws -> [EventReport.Person] {
        var wanted: [PersonID] = []
        if let user { wanted = try inspection.askRegistry { try $0.persons(meantBy: user).map(\.id) } }
        return report.persons.filter { person in
            if missing, person.standing.isReached || person.role == .author { return false }
            guard let user else { return true }
            let unknown = person.person.unknownIndex
            let isNamed = unknown.map {
                report.event.unknownUsers.indices.contains($0) && report.event.unknownUsers[$0] == user
            }
            return wanted.contains(person.person) || isNamed == true
        }
    }

    private func rows(
        _ persons: [EventReport.Person],
        _ report: EventReport,
        _ inspection: Inspection
    ) throws -> [JSONObject] {
        let rows = inspection.reachRows(of: report.event)
        return try inspection.askRegistry { _ in try persons.map { try rows.view($0).object } }
    }

    static let columns: [Listing.Column] = [
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
