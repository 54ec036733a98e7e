import Domain
import Store
import Telemetry

/// A lane's handles, resolved once: counting on the loop thread is an atomic addition.
struct LaneMetrics: Sendable {
    let lane: String
    private let acceptedCount: Counter
    let seconds: Histogram
    let ambiguous: Counter
    let spans: EventSpans?
    /// By urgency.
    private let eventSeconds: [Histogram]
    private let others: [DeliveryState: Counter]

    init(_ metrics: DispatchMetrics, lane: String) {
        self.lane = lane
        acceptedCount = metrics.deliveries.with(lane, "accepted")
        seconds = metrics.deliverySeconds.with(lane)
        ambiguous = metrics.ambiguous.with(lane)
        spans = metrics.spans
        eventSeconds = ["low", "normal", "urgent"].map { metrics.eventToProviderSeconds.with($0) }
        others = Dictionary(
            uniqueKeysWithValues: [DeliveryState.deferred, .rejected, .expired, .dead].map {
                ($0, metrics.deliveries.with(lane, "\($0)"))
            }
        )
    }

    /// `after`: since the acceptance of the event.
    func accepted(_ urgency: Urgency, after: Duration) {
        acceptedCount.add()
        eventSeconds[Int(urgency.rawValue)].observe(after)
    }

    /// All but the accepted, which are counted when they come.
    func count(_ outcomes: [Outcome]) {
        for outcome in outcomes where outcome.result.state != .accepted { others[outcome.result.state]?.add() }
    }
}
