package import Domain

/// How many deliveries are how old, by a key of theirs: Postfix's qshape.
package struct AgeMatrix: Sendable {
    package enum Key: String, CaseIterable, Sendable {
        case lane, school, app, kind, event, reason, state
    }

    /// Upper ends of the age classes in milliseconds, ascending; what is older stands in one more class.
    package let bounds: [Int64]
    /// Counts by class, one more than there are bounds.
    package private(set) var rows: [String: [Int]] = [:]

    package init(bounds: [Int64]) {
        self.bounds = bounds
    }

    /// Sums over all keys.
    package var total: [Int] {
        rows.values.reduce(into: [Int](repeating: 0, count: bounds.count + 1)) { sums, row in
            for (index, count) in row.enumerated() { sums[index] += count }
        }
    }

    /// Counts what a scan finds, to its end. `step` wraps each read, for the caller's limit of time.
    package mutating func count(
        _ scan: DeliveryScan,
        by key: Key,
        now: Instant,
        laneName: (LaneID) -> String,
        step: (() throws -> PageMatch?) throws -> PageMatch?
    ) throws {
        while let match = try step({ try scan.next() }) {
            let age = now.milliseconds - match.header.madeAt.milliseconds
            let index = bounds.firstIndex { age <= $0 } ?? bounds.count
            let event = match.event
            switch key {
            case .lane: add(laneName(match.header.lane), index, match.slots.count)
            case .school: add(event.school ?? "-", index, match.slots.count)
            case .app: add(event.app, index, match.slots.count)
            case .kind: add(event.app + "." + event.action, index, match.slots.count)
            case .event: add(event.id.description, index, match.slots.count)
            case .state: for slot in match.slots { add("\(match.result[slot].state)", index, 1) }
            case .reason:
                // Most deliveries have left no row; only the others are worth reading their plan and rows.
                var exceptions = match
                exceptions.slots = match.slots.filter { match.result[$0].hasLeftRows }
                for slot in match.slots where !match.result[slot].hasLeftRows {
                    add(match.result[slot].reason?.word ?? "-", index, 1)
                }
                guard !exceptions.slots.isEmpty else { continue }
                for row in try scan.rows(of: exceptions) { add(Self.reason(of: row), index, 1) }
            }
        }
    }

    /// The provider's own words where there are some: they tell one fault from another.
    private static func reason(of row: DeliveryRow) -> String {
        if row.result.state == .deferred || row.result.state == .dead || row.result.state == .rejected,
            let last = row.last
        {
            return last.status == 0 ? last.reason : "\(last.status) \(last.reason)"
        }
        return row.result.reason?.word ?? "-"
    }

    private mutating func add(_ key: String, _ index: Int, _ count: Int) {
        rows[key, default: [Int](repeating: 0, count: bounds.count + 1)][index] += count
    }
}
