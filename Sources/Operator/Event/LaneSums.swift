import Domain
import Store

/// One event's deliveries on one lane: how they stand, and how long the accepted ones took.
struct LaneSums {
    var lane: String
    private(set) var states: [DeliveryState: Int] = [:]
    private(set) var gone = 0
    /// Accepted ones by answer time, in powers of two of milliseconds.
    private var buckets = [Int](repeating: 0, count: 16)

    init(lane: String) { self.lane = lane }

    mutating func add(_ result: SlotResult) {
        states[result.state, default: 0] += 1
        if result.reason == .tokenGone { gone += 1 }
        if result.state == .accepted { buckets[Int(result.latencyBucket)] += 1 }
    }

    /// No slower than this were so many of a hundred; nil when none was accepted.
    func milliseconds(percentile: Int) -> Int64? {
        let total = buckets.reduce(0, +)
        guard total > 0 else { return nil }
        var seen = 0
        for (bucket, count) in buckets.enumerated() {
            seen += count
            if seen * 100 >= total * percentile { return 1 << Int64(bucket) }
        }
        return nil
    }

    var json: JSONObject {
        var object = JSONObject(["lane": .string(lane), "deliveries": .number(states.values.reduce(0, +))])
        for state in [DeliveryState.accepted, .pending, .deferred, .rejected, .expired, .dead, .dropped] {
            object["\(state)"] = .number(states[state] ?? 0)
        }
        object["tokenGone"] = .number(gone)
        for percentile in [50, 99] {
            object["p\(percentile)MillisecondsMax"] = milliseconds(percentile: percentile).map { .number($0) } ?? .null
        }
        return object
    }

    static let columns: [Listing.Column] =
        [.text("LANE", "lane"), .number("DELIVERIES", "deliveries")]
        + ["accepted", "pending", "deferred", "rejected", "expired", "dead", "dropped"].map {
            .number($0.uppercased(), $0)
        } + [
            .number("GONE", "tokenGone"), latency("P50", "p50MillisecondsMax"), latency("P99", "p99MillisecondsMax"),
        ]

    private static func latency(_ title: String, _ member: String) -> Listing.Column {
        Listing.Column(title: title, member: member, isNumber: true) { value, _ in
            value.int64.map { "≤\($0) ms" } ?? "-"
        }
    }

    /// In the order of the lanes' names; nobody's lane is not among them.
    static func of(_ report: EventReport, _ inspection: Inspection) -> [LaneSums] {
        var sums: [LaneID: LaneSums] = [:]
        for delivery in report.persons.flatMap(\.deliveries) where delivery.lane != .nowhere {
            sums[delivery.lane, default: LaneSums(lane: inspection.laneName(delivery.lane) ?? "?")].add(delivery.result)
        }
        return sums.values.sorted { $0.lane < $1.lane }
    }
}
