import Telemetry

/// What the public listener measures of requests. Labels are bounded: templates of routes, status codes, codes of problems, publishers of the
/// configuration.
struct RequestMetrics: Sendable {
    /// For what nobody routes and who is nobody.
    static let none = "none"

    private let requests: Family<Counter>
    private let seconds: Family<Histogram>
    private let refusals: Family<Counter>

    init(_ registry: MetricRegistry) {
        requests = registry.counter(
            "http_requests_total",
            help: "Requests of the public listener that were answered, by method, route and status.",
            labels: ["method", "route", "code"],
            labelSetsMax: 1000
        )
        seconds = registry.histogram(
            "http_request_duration_seconds",
            help: "From the head of a request of the public listener to its answer.",
            labels: ["route"]
        )
        refusals = registry.counter(
            "refusals_total",
            help:
                "What was refused, by the problem's code and the publisher that is proven to have sent it; also each event of a batch.",
            labels: ["code", "publisher"],
            labelSetsMax: 1000
        )
    }

    /// `route`: the template; nil when there is none for the path.
    func answered(method: String, route: String?, code: Int, after duration: Duration) {
        // The method of a request that nobody routes is the sender's invention.
        requests.with(route == nil ? Self.none : method, route ?? Self.none, "\(code)").add()
        seconds.with(route ?? Self.none).observe(duration)
    }

    func refused(_ code: String, publisher: String?) { refusals.with(code, publisher ?? Self.none).add() }
}
