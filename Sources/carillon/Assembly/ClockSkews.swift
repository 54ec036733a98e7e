import Domain
import Pipeline
import Providers
import Telemetry

/// How far our clock is from others': what `carillon_clock_skew_seconds` says. Signatures and tokens hold minutes, so a clock that runs away is
/// seen here before anybody refuses us.
struct ClockSkews: Sendable {
    private let gauge: Family<Gauge>
    private let time: TimeSource

    init(_ metrics: MetricRegistry, time: TimeSource) {
        gauge = metrics.gauge(
            "clock_skew_seconds",
            help:
                "Another clock minus ours: the system's wall clock against the time of the services, a token endpoint's Date.",
            labels: ["source"]
        )
        self.time = time
    }

    /// `date`: of an answer; nothing is learned from one that has none.
    func note(_ source: String, date: String?) {
        guard let date = date.flatMap(HTTPDate.parse) else { return }
        note(source, date - time.now())
    }

    func note(_ source: String, _ skew: Duration) {
        gauge.with(source).set(Double(skew.wholeMilliseconds) / 1000)
    }
}
