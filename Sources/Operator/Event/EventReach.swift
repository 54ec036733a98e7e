import ArgumentParser
import Contract
import Domain
import Pipeline
import Store

struct EventReach: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "reach",
        abstract: "How each person of an event stands: reached, waiting, or not reached and why.",
        discussion: """
            The list of GET /v1/events/{id}/reach. Persons keep their place while the event goes on, so pages neither \
            repeat nor skip anybody.

            Examples:
              carillon event reach E-7F3K2
              carillon event reach E-7F3K2 --state notReached -o csv > not-reached.csv
              carillon event reach E-7F3K2 --limit 500 --after R2S
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    @Argument(help: "The event's id.")
    var id: String

    @Option(help: "reached, waiting or notReached.", transform: Self.state)
    var state: ReachState?

    func run() async throws {
        let inspection = try options.inspection()
        let event = try inspection.event(id)
        inspection.look(.eventReach, event: event.id)
        let listing = Listing(
            id: "user",
            scope: (["\(event.id)"] + (state.map { ["state \($0.rawValue)"] } ?? [])).joined(separator: ", "),
            columns: EventTrace.columns
        )
        let rows = inspection.reachRows(of: event)
        try paging.write(
            listing,
            to: options.renderer,
            isFiltered: state != nil,
            items: { after, limit in
                let start = try after.map { try ListOptions.cursor($0, ReachCursor.init).person }
                let persons = try inspection.ask { reader in
                    try reader.persons(
                        of: event.id,
                        after: start,
                        limit: limit,
                        laneReason: inspection.laneReason,
                        where: { state?.holds(for: $0) ?? true }
                    )
                }
                return try inspection.askRegistry { _ in
                    try persons.map { (try rows.view($0).object, ReachCursor($0.person).description) }
                }
            }
        )
    }

    private static func state(_ text: String) throws -> ReachState {
        guard let state = ReachState(rawValue: text) else {
            let known = ReachState.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(say("\(text) is no state of reach; of \(known)."))
        }
        return state
    }
}
