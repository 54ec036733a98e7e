import Domain
import WebClient

/// The counters of the running service at one moment, from its metrics listener; two of them make rates.
struct MetricsSample: Sendable {
    var monotonic: Int64
    /// Sums over all labels, by metric name without prefix; deliveries also by lane.
    var eventsAccepted: Double
    var deliveries: Double
    var deliveriesOfLane: [String: Double]
    var ambiguous: Double

    /// nil when the listener does not answer.
    static func read(_ address: String, client: WebClient, monotonic: Int64) async -> MetricsSample? {
        do {
            let response = try await client.send(
                WebRequest(
                    url: "http://\(address)/metrics",
                    timeout: AdminClient.quickTimeout,
                    connectTimeout: AdminClient.quickTimeout,
                    responseBytesMax: 4 << 20
                )
            )
            guard response.status == 200 else { return nil }
            return MetricsSample(text: String(decoding: response.body, as: UTF8.self), monotonic: monotonic)
        } catch {
            // Without rates the screen is still right.
            return nil
        }
    }

    /// Reads the Prometheus text [prometheus.io/docs/instrumenting/exposition_formats]; lines of no interest are passed over.
    init(text: String, monotonic: Int64) {
        self.monotonic = monotonic
        (eventsAccepted, deliveries, ambiguous, deliveriesOfLane) = (0, 0, 0, [:])
        for line in text.split(separator: "\n") where line.hasPrefix("carillon_") {
            guard let blank = line.lastIndex(of: " "), let value = Double(line[line.index(after: blank)...]) else {
                continue
            }
            let name = line[..<blank].prefix { $0 != "{" }
            switch name {
            case "carillon_events_accepted_total": eventsAccepted += value
            case "carillon_ambiguous_total": ambiguous += value
            case "carillon_deliveries_total":
                deliveries += value
                if let label = line.firstRange(of: "lane=\"") {
                    deliveriesOfLane[String(line[label.upperBound...].prefix { $0 != "\"" }), default: 0] += value
                }
            default: break
            }
        }
    }

    /// Of this sample and an earlier one: `eventsPerSecond deliveriesPerSecond seconds lanes`; nil when too little time lies between.
    func rates(since earlier: MetricsSample) -> JSONObject? {
        let seconds = Double(monotonic - earlier.monotonic) / 1000
        // A restart begins its counters anew.
        guard seconds >= 0.1, deliveries >= earlier.deliveries, eventsAccepted >= earlier.eventsAccepted else {
            return nil
        }
        func rate(_ difference: Double) -> JSONValue { .number("\((difference / seconds * 10).rounded() / 10)") }
        var lanes = JSONObject()
        for (lane, count) in deliveriesOfLane.sorted(by: { $0.key < $1.key }) {
            lanes[lane] = rate(count - (earlier.deliveriesOfLane[lane] ?? 0))
        }
        return JSONObject([
            "eventsPerSecond": rate(eventsAccepted - earlier.eventsAccepted),
            "deliveriesPerSecond": rate(deliveries - earlier.deliveries),
            "seconds": .number("\((seconds * 10).rounded() / 10)"), "lanes": .object(lanes),
        ])
    }
}
