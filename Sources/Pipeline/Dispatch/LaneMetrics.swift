import Domain
import Telemetry

/// A lane's handles, resolved once: counting on the loop thread is an atomic addition.
struct LaneMetrics: Sendable {
    let lane: String
    let accepted: Counter
    let seconds: Histogram
    let ambiguous: Counter
    /// By urgency.
    let eventSeconds: [Histogram]
    private let others: [DeliveryState: Counter]

    init(_ metrics: PipelineMetrics, lane: String) {
        self.lane = lane
        accepted = metrics.deliveries.with(lane, "accepted")
        seconds = metrics.deliverySeconds.with(lane)
        ambiguous = metrics.ambiguous.with(lane)
        eventSeconds = ["low", "normal", "urgent"].map { metrics.eventToProviderSeconds.with($0) }
        others = Dictionary(
            uniqueKeysWithValues: [DeliveryState.deferred, .rejected, .expired, .dead].map {
                ($0, metrics.deliveries.with(lane, "\($0)"))
            }
        )
    }

    func count(_ state: DeliveryState) { others[state]?.add() }
}
