import Contract
import Delivery
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// `GET /v1/events/{id}` on both listeners.
struct EventStatusRoute {
    let services: AdminServices

    /// The event, or 404 when it is not of this publisher; nil sees all.
    func response(_ call: Call, for publisher: String?) async throws -> Response {
        let unknown = Problem(.unknownEvent, "There is no such event here.")
        guard let id = EventID(call.parameter("id")) else { throw unknown }
        let conditions = Dictionary(
            try await services.lanes.statuses().map { ($0.id, $0.state) },
            uniquingKeysWith: { first, _ in first }
        )
        let report = try await services.queueReader.read { reader -> EventReport? in
            // Nobody else's event is worth reading its pages.
            guard let event = try reader.event(id), publisher == nil || event.publisher == publisher else {
                return nil
            }
            return try reader.report(on: id) { conditions[$0].flatMap(EventStatus.reason(ofLane:)) }
        }
        if let report { return .json(.ok, EventStatus.view(report)) }
        let summary = try await services.queueReader.read { try $0.summary(of: id) }
        guard let summary, publisher == nil || summary.publisher == publisher else { throw unknown }
        return .json(.ok, .object(summary.view))
    }
}
