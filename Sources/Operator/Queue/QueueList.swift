import ArgumentParser
import Domain
import Store

struct QueueList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Deliveries, in the order of their ids.",
        discussion: """
            Without --state and --event: what is still to do. Several filters must all hold.

            Examples:
              carillon queue list --state deferred,dead --lane fcm/onepocket
              carillon queue list --event E-7F3K2 --user 9100001 -o json
              carillon queue list --state dead -o ids | wc -l
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    @Option(
        help: "Of pending, deferred, accepted, rejected, expired, withheld, dead, dropped; with commas.",
        transform: Self.states
    )
    var state: Set<DeliveryState> = []
    @Option(help: "The lane's name.") var lane: String?
    @Option(help: "The event's id.", transform: QueueList.event) var event: EventID?
    @Option(help: "The person's ENT id or feed key.") var user: String?
    @Option(help: "The device's installation.") var device: String?
    @Option(help: "The reason's word: tokenGone, retrying, …", transform: Self.reason) var reason: Reason?

    func run() async throws {
        let inspection = try options.inspection()
        let filter = try filter(inspection)
        let isFiltered = !state.isEmpty || lane != nil || event != nil || user != nil || device != nil || reason != nil
        let listing = Listing(id: "id", scope: scope, source: "store", columns: Inspection.deliveryColumns)
        try paging.write(listing, to: options.renderer, isFiltered: isFiltered) { after, limit in
            let cursor = try after.map(Self.delivery)
            let rows = try inspection.ask { try $0.deliveries(filter, after: cursor, limit: limit) }
            return try rows.map(inspection.json)
        }
    }

    private func filter(_ inspection: Inspection) throws -> QueueReader.DeliveryFilter {
        var filter = QueueReader.DeliveryFilter(event: event, states: state, reason: reason)
        // Reasons are kept with what has ended or waits for its retry.
        if state.isEmpty, event == nil { filter.states = reason == nil ? [.pending, .deferred] : [] }
        filter.lane = try lane.map { try inspection.lane(named: $0).id }
        if let user {
            guard let person = try inspection.askRegistry({ try $0.person(user) }) else {
                throw OperatorFailure(.nothing, "nobody is known as \(user)")
            }
            filter.person = person.id
        }
        if let device {
            let rows = try inspection.askRegistry { try $0.devices(.init(installation: device), after: nil, limit: 1) }
            guard let row = rows.first else {
                throw OperatorFailure(.nothing, "there is no device \(device)", next: "carillon device list")
            }
            filter.device = row.id
        }
        return filter
    }

    private var scope: String {
        let filters: [(String, String?)] = [
            ("state", state.isEmpty ? nil : state.map { "\($0)" }.sorted().joined(separator: ",")), ("lane", lane),
            ("event", event?.description), ("user", user), ("device", device), ("reason", reason?.word),
        ]
        let named = filters.compactMap { name, value in value.map { "\(name) \($0)" } }
        return named.isEmpty ? "deliveries still to do" : "deliveries, " + named.joined(separator: ", ")
    }

    static func event(_ text: String) throws -> EventID {
        guard let id = EventID(text) else { throw ValidationError("\(text) is no event: E-…") }
        return id
    }

    static func delivery(_ text: String) throws -> DeliveryID {
        guard let id = DeliveryID(text) else { throw ValidationError("\(text) is no delivery: D-…") }
        return id
    }

    private static func states(_ text: String) throws -> Set<DeliveryState> {
        var states: Set<DeliveryState> = []
        for word in text.split(separator: ",") {
            if word == "inFlight" {
                throw ValidationError("What is in flight only the service knows: carillon lane list.")
            }
            guard let state = DeliveryState.allCases.first(where: { "\($0)" == word }) else {
                throw ValidationError(
                    "\(word) is no state; of \(DeliveryState.allCases.map { "\($0)" }.joined(separator: ", "))."
                )
            }
            states.insert(state)
        }
        return states
    }

    private static func reason(_ text: String) throws -> Reason {
        guard let reason = Reason(word: text) else {
            throw ValidationError("\(text) is no reason; of \(Reason.allCases.map(\.word).joined(separator: ", ")).")
        }
        return reason
    }
}
