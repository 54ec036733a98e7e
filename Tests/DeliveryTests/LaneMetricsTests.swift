import Domain
import Store
import Telemetry
import Testing

@testable import Delivery

/// What is counted of a lane.
struct LaneMetricsTests {
    private let registry = MetricRegistry(prefix: "test_")
    private let metrics: LaneMetrics

    init() { metrics = LaneMetrics(DispatchMetrics(registry), lane: "fcm/a") }

    private func count(_ outcome: String) -> String? {
        registry.render().split(separator: "\n")
            .first { $0.hasPrefix("test_deliveries_total{lane=\"fcm/a\",outcome=\"\(outcome)\"}") }
            .map { String($0.split(separator: " ")[1]) }
    }

    private func outcome(_ state: DeliveryState, _ reason: Reason) -> Outcome {
        Outcome(page: PageID(rawValue: 1), slot: 0, result: SlotResult(state, reason: reason), attempts: 1)
    }

    @Test func `each ending is counted under its own word, an acceptance when it comes`() {
        let accepted = Outcome(
            page: PageID(rawValue: 1),
            slot: 0,
            result: .accepted(attempts: 1, latencyMilliseconds: 5),
            attempts: 1
        )
        metrics.accepted(.normal, after: .milliseconds(20))
        metrics.count([
            accepted, outcome(.deferred, .retrying), outcome(.deferred, .retrying), outcome(.rejected, .tokenGone),
            outcome(.expired, .expired), outcome(.dead, .dead),
        ])
        #expect(count("accepted") == "1" && count("deferred") == "2" && count("rejected") == "1")
        #expect(count("expired") == "1" && count("dead") == "1")
    }

    @Test func `what an operator ended is no word of the lane's`() {
        metrics.count([outcome(.dropped, .dropped), outcome(.withheld, .optedOut)])
        #expect(count("dropped") == nil && count("withheld") == nil && count("rejected") ?? "0" == "0")
    }

    @Test func `how long an event took to the provider is kept by its urgency`() {
        for urgency in [Urgency.low, .normal, .urgent, .urgent] { metrics.accepted(urgency, after: .milliseconds(20)) }
        let text = registry.render()
        for (urgency, times) in [("low", 1), ("normal", 1), ("urgent", 2)] {
            #expect(text.contains("test_event_to_provider_seconds_count{urgency=\"\(urgency)\"} \(times)\n"))
        }
    }
}
