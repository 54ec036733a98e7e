import Contract
import Domain
package import Store

/// What is kept of events whose details are pruned: their numbers, as `GET /v1/events/{id}` said them last, without names and texts.
package struct EventSummaries: Sendable {
    private static let eventsPerSlice = 200
    /// An event that is larger is a slice of its own.
    private static let deliveriesPerSlice = 10_000

    private let reader: Reading<QueueReader>
    /// How long they are kept, counted from an event's acceptance.
    let age: Duration

    /// `reader`: used for nothing that anybody waits for.
    package init(reader: Reading<QueueReader>, age: Duration) {
        self.reader = reader
        self.age = age
    }

    /// Summaries of the oldest events that can be pruned, JSON by id; as many as a slice of pruning takes.
    func slice(acceptedBefore before: Instant) async throws(StoreError) -> [EventID: String] {
        try await reader.read { reader in
            var summaries: [EventID: String] = [:]
            var deliveries = 0
            for event in try reader.prunableEvents(acceptedBefore: before, limit: Self.eventsPerSlice) {
                guard deliveries < Self.deliveriesPerSlice else { break }
                do {
                    guard let report = try reader.report(on: event, laneReason: { _ in nil }) else { continue }
                    deliveries += report.deliveries.total
                    summaries[event] = Self.text(report)
                } catch {
                    // One that cannot be read leaves its name, and keeps no other from its end.
                    guard case .damaged = StoreError(error) else { throw error }
                    var view = PrunedView()
                    view.id = event.description
                    summaries[event] = JSONWriter.text(.object(view.object))
                }
            }
            return summaries
        }
    }

    static func text(_ report: EventReport) -> String {
        var view = EventStatus.view(report)
        view.isPruned = true
        // Keys of persons, and a person's words.
        view.unresolved = []
        view.warnings = []
        view.withdrawnReason = nil
        return JSONWriter.text(.object(view.object))
    }
}
