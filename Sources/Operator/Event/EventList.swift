import ArgumentParser
import Domain
import Store

struct EventList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Events, newest first.",
        discussion: """
            Examples:
              carillon event list --limit 10
              carillon event list --state sending -o ids
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    @Option(help: "scheduled, accepted, expanding, sending, done, held or withdrawn.", transform: Self.state)
    var state: EventState?

    func run() async throws {
        let inspection = try options.inspection()
        let scope = state.map { "events, state \($0.word)" } ?? "events"
        let listing = Listing(id: "id", scope: scope, source: "store", columns: Self.columns)
        try paging.write(listing, to: options.renderer, isFiltered: state != nil) { after, limit in
            let cursor = try after.map(QueueList.event)
            return try inspection.ask { try $0.events(before: cursor, state: state, limit: limit) }.map(Self.json)
        }
    }

    private static let columns: [Listing.Column] = [
        .text("EVENT", "id"), .state("STATE", "state"), .time("ACCEPTED", "acceptedAt"),
        .text("PUBLISHER", "publisher"),
        .text("SCHOOL", "school"), .text("APP", "app"), .text("ACTION", "action"), .text("URGENCY", "urgency"),
        .time("EXPIRES", "expiresAt"),
    ]

    private static func json(_ event: StoredEvent) -> JSONObject {
        func time(_ instant: Instant?) -> JSONValue { instant.map { .string($0.rfc3339) } ?? .null }
        return JSONObject([
            "id": .string(event.id.description), "state": .string(event.state.word),
            "publisher": .string(event.publisher),
            "school": event.school.map { .string($0) } ?? .null, "app": .string(event.app),
            "action": .string(event.action),
            "urgency": .string(event.urgency.name), "acceptedAt": time(event.acceptedAt),
            "notBefore": time(event.notBefore),
            "expiresAt": time(event.expiresAt), "doneAt": time(event.doneAt),
        ])
    }

    private static func state(_ text: String) throws -> EventState {
        guard let state = EventState(word: text) else {
            throw ValidationError("\(text) is no state; of \(EventState.allCases.map(\.word).joined(separator: ", ")).")
        }
        return state
    }
}
