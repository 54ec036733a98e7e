import ArgumentParser
import Contract
import Domain
import Pipeline
import Store

struct EventList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Events, newest first.",
        discussion: """
            Examples:
              carillon event list --limit 10
              carillon event list --state sending -o ids
              carillon event list --school 0429901A --kind 'BLOG.*' --since 24h
              carillon event list --search 'sortie au musée' --since 7d
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    @Option(help: "scheduled, accepted, expanding, sending, done, held or withdrawn.", transform: Self.state)
    var state: EventState?

    @Option(help: "The school's UAI, or a pattern.") var school: String?
    @Option(help: "The publication's app, or a pattern.") var app: String?
    @Option(help: "App and action, or a pattern: 'BLOG.*'.") var kind: String?
    @Option(help: "Accepted not longer ago than: 24h, 7d.") var since: TimeLengthArgument?
    @Option(help: "A part of the title, letter case ignored. Titles themselves are not shown.") var search: String?

    func validate() throws { try since?.check("since", like: "24h", "7d") }

    func run() async throws {
        let inspection = try options.inspection()
        if search != nil { inspection.look(.eventSearch) }
        let named: [(String, String?)] = [
            ("state", state?.word), ("school", school), ("app", app), ("kind", kind), ("since", since?.text),
            ("search", search),
        ]
        let words = named.compactMap { name, value in value.map { "\(name) \($0)" } }
        let listing = Listing(
            id: "id",
            scope: ([say("events")] + words).joined(separator: ", "),
            columns: Self.columns
        )
        let start = since.map { options.renderer.now - $0.duration }
        try paging.write(listing, to: options.renderer, isFiltered: !words.isEmpty) { after, limit in
            try events(inspection, before: after.map(QueueList.event), since: start, limit: limit).map {
                EventStatus.row($0).object
            }
        }
    }

    /// A slice of the events a statement, until so many match.
    private func events(
        _ inspection: Inspection,
        before: EventID?,
        since: Instant?,
        limit: Int
    ) throws -> [StoredEvent] {
        let patterns = [school, app, kind].map { $0.map { GlobPattern($0) } }
        var cursor = before
        var found: [StoredEvent] = []
        while found.count < limit {
            let slice = try inspection.ask { try $0.events(before: cursor, state: state, limit: ListOptions.chunk) }
            for event in slice where found.count < limit {
                if let since, event.acceptedAt < since { return found }
                let words = [event.school ?? "", event.app, event.app + "." + event.action]
                if zip(patterns, words).allSatisfy({ $0?.matches($1) ?? true }), try matchesSearch(event, inspection) {
                    found.append(event)
                }
            }
            cursor = slice.last?.id
            if slice.count < ListOptions.chunk { return found }
        }
        return found
    }

    /// Whoever may read the store may read its titles; of the encrypted there is nothing to be found.
    private func matchesSearch(_ event: StoredEvent, _ inspection: Inspection) throws -> Bool {
        guard let search else { return true }
        guard event.dataClass != .encrypted else { return false }
        let title = try inspection.ask { try $0.publication(of: event.id)?.title } ?? ""
        // By bytes: a title full of combining marks costs no more than another.
        return Array(title.lowercased().utf8).contains(Array(search.lowercased().utf8))
    }

    private static let columns: [Listing.Column] = [
        .text("EVENT", "id"), .state("STATE", "state"), .time("ACCEPTED", "acceptedAt"),
        .text("PUBLISHER", "publisher"),
        .text("SCHOOL", "school"), .text("APP", "app"), .text("ACTION", "action"), .text("URGENCY", "urgency"),
        .time("EXPIRES", "expiresAt"),
    ]

    private static func state(_ text: String) throws -> EventState {
        guard let state = EventState(word: text) else {
            throw ValidationError(
                say("\(text) is no state; of \(EventState.allCases.map(\.word).joined(separator: ", ")).")
            )
        }
        return state
    }
}
