package import Domain

/// How many deliveries, or persons, are how old, by a key of theirs: Postfix's qshape.
package struct AgeMatrix: Sendable {
    package enum Key: String, CaseIterable, Sendable {
        case lane, school, `class`, app, kind, event, reason, state
    }

    package enum Unit: String, CaseIterable, Sendable {
        case rows
        /// Each person once under a key and once in the total, at the age of the oldest of his or her deliveries.
        case users
    }

    package let unit: Unit
    /// Upper ends of the age classes in milliseconds, ascending; what is older stands in one more class.
    package let bounds: [Int64]
    /// Counts by class, one more than there are bounds.
    package private(set) var rows: [String: [Int]] = [:]
    /// Age class of each person under a key, and under none for the total. About 60 bytes each; persons are bounded by the registry.
    private var persons: [String?: [Person: Int]] = [:]

    /// Somebody nobody knows has an index in one event only.
    private struct Person: Hashable {
        var id: PersonID
        var event: EventID?
    }

    package init(bounds: [Int64], of unit: Unit = .rows) {
        self.bounds = bounds
        self.unit = unit
    }

    /// Sums over all keys; of persons each once.
    package var total: [Int] {
        if unit == .users { return counts(persons[nil] ?? [:]) }
        return rows.values.reduce(into: [Int](repeating: 0, count: bounds.count + 1)) { sums, row in
            for (index, count) in row.enumerated() { sums[index] += count }
        }
    }

    /// Counts what a scan finds, to its end. `laneReason`: why what waits on a lane waits, when it is closed. `step` wraps each read, for the caller's limit of time.
    package mutating func count(
        _ scan: DeliveryScan,
        by key: Key,
        now: Instant,
        laneName: (LaneID) -> String,
        laneReason: (LaneID) -> Reason? = { _ in nil },
        step: (() throws -> PageMatch?) throws -> PageMatch?
    ) throws {
        while let match = try step({ try scan.next() }) {
            let age = now.milliseconds - match.header.madeAt.milliseconds
            let index = bounds.firstIndex { age <= $0 } ?? bounds.count
            if unit == .users {
                let people = try scan.persons(of: match)
                let keys = try self.keys(of: match, in: scan, by: key, laneName, laneReason)
                for (person, key) in zip(people, keys) { add(person, match.event.id, key, index) }
            } else if let one = Self.key(of: match, by: key, laneName) {
                add(one, index, match.slots.count)
            } else {
                for key in try keys(of: match, in: scan, by: key, laneName, laneReason) { add(key, index, 1) }
            }
        }
        for (key, found) in persons { if let key { rows[key] = counts(found) } }
    }

    /// What all deliveries of a page have in common; nil where each has its own.
    private static func key(of match: PageMatch, by key: Key, _ laneName: (LaneID) -> String) -> String? {
        let event = match.event
        return switch key {
        case .lane: laneName(match.header.lane)
        case .school: event.school ?? "-"
        case .class: event.urgency.name
        case .app: event.app
        case .kind: event.app + "." + event.action
        case .event: event.id.description
        case .state, .reason: nil
        }
    }

    /// In the order of the slots.
    private func keys(
        of match: PageMatch,
        in scan: DeliveryScan,
        by key: Key,
        _ laneName: (LaneID) -> String,
        _ laneReason: (LaneID) -> Reason?
    ) throws -> [String] {
        if let one = Self.key(of: match, by: key, laneName) { return match.slots.map { _ in one } }
        if key == .state { return match.slots.map { "\(match.result[$0].state)" } }
        // Most deliveries have left no row; only the others are worth reading their plan and rows.
        var exceptions = match
        exceptions.slots = match.slots.filter { match.result[$0].hasLeftRows }
        var told: [Int: String] = [:]
        if !exceptions.slots.isEmpty {
            for row in try scan.rows(of: exceptions) { told[row.id.slot] = Self.reason(of: row) }
        }
        // What was not tried yet waits for its turn, or for its lane.
        let waiting = laneReason(match.header.lane)?.word ?? "-"
        return match.slots.map { slot in
            told[slot] ?? match.result[slot].reason?.word ?? (match.result[slot].state == .pending ? waiting : "-")
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

    private mutating func add(_ person: PersonID, _ event: EventID, _ key: String, _ index: Int) {
        let person = Person(id: person, event: person.unknownIndex == nil ? nil : event)
        for key in [key, nil] { persons[key, default: [:]][person, default: 0].raise(to: index) }
    }

    private func counts(_ persons: [Person: Int]) -> [Int] {
        persons.values.reduce(into: [Int](repeating: 0, count: bounds.count + 1)) { $0[$1] += 1 }
    }
}

extension Int {
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}
