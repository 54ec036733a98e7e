package import Telemetry

/// What a listener measures of its connections.
package struct ListenerMetrics: Sendable {
    let connections: Gauge
    private let refusals: Family<Counter>
    private let listener: String

    package init(_ registry: MetricRegistry, listener: String) {
        self.listener = listener
        connections = registry.gauge(
            "connections",
            help: "Connections of a listener.",
            labels: ["listener"]
        ).with(listener)
        refusals = registry.counter(
            "connections_refused_total",
            help:
                "What the guard of a listener turned away: address (holds all it may), idle (gave way to a newcomer), or what was wrong with a head.",
            labels: ["listener", "reason"]
        )
        for reason in ["address", "idle"] { _ = refusals.with(listener, reason) }
    }

    func refused(_ reason: String) { refusals.with(listener, reason).add() }
}
