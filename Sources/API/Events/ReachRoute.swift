import Contract
import Delivery
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// `GET /v1/events/{id}/reach`: how each person stands, a page at a time.
struct ReachRoute {
    let services: AdminServices

    /// 404 for an event that is not of this publisher.
    func response(_ call: Call, for publisher: String) async throws -> Response {
        let question = try Question(call)
        let unknown = Problem(.unknownEvent, "There is no such event here.")
        guard let id = EventID(call.parameter("id")) else { throw unknown }
        let conditions = Dictionary(
            try await services.lanes.statuses().map { ($0.id, $0.state) },
            uniquingKeysWith: { first, _ in first }
        )
        let found = try await services.queueReader.read { reader -> Found? in
            guard let event = try reader.event(id), event.publisher == publisher else { return nil }
            // One more than is shown tells whether there are more.
            let persons = try reader.persons(
                of: id,
                after: question.after,
                limit: question.limit + 1,
                laneReason: { conditions[$0].flatMap(EventStatus.reason(ofLane:)) },
                where: { question.state?.holds(for: $0) ?? true }
            )
            return Found(event: event, persons: persons, lanes: try reader.lanes())
        }
        guard let found else { throw unknown }
        // The first page is the look.
        if question.after == nil {
            try await services.keep(.eventReach, event: id, actor: "publisher " + publisher)
        }
        var view = ReachView()
        view.items = try await services.registryReader.read { try found.rows(question.limit, $0) }
        view.at = services.time.now()
        view.source = "live"
        view.event = id.description
        if found.persons.count > question.limit {
            view.next = ReachCursor(found.persons[question.limit - 1].person).description
        }
        return .json(.ok, view)
    }

    private struct Found: Sendable {
        var event: StoredEvent
        var persons: [EventReport.Person]
        var lanes: [StoredLane]

        func rows(_ limit: Int, _ registry: RegistryReader) throws -> [ReachRowView] {
            let names = Dictionary(uniqueKeysWithValues: lanes.map { ($0.id, $0.name) })
            let rows = ReachRows(event: event, registry: registry, laneNames: names)
            return try registry.snapshot { _ in try persons.prefix(limit).map(rows.view) }
        }
    }

    private struct Question {
        var state: ReachState?
        var after: PersonID?
        let limit: Int

        init(_ call: Call) throws(Problem) {
            limit = try call.limit()
            if let text = call.query("after") {
                guard let cursor = ReachCursor(text) else {
                    throw Problem(.invalidParameter, "after is the next of an earlier answer.")
                }
                after = cursor.person
            }
            if let text = call.query("state") {
                guard let state = ReachState(rawValue: text) else {
                    throw Problem(.invalidParameter, "state is reached, waiting or notReached.")
                }
                self.state = state
            }
        }
    }
}
