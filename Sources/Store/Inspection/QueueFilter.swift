package import Domain

/// Which deliveries a question or an order is about; every condition that is set must hold, an empty one means any.
///
/// Made of the operator's words by ``FilterWords/resolve(queue:registry:now:)``; read by ``DeliveryScan``.
package struct QueueFilter: Sendable {
    package var states: Set<DeliveryState> = []
    package var lanes: Set<LaneID>?
    package var schools: [GlobPattern] = []
    package var apps: [GlobPattern] = []
    /// Over `APP.ACTION`.
    package var kinds: [GlobPattern] = []
    package var event: EventID?
    package var user: User?
    package var device: DeviceID?
    /// Over the reason's word and over the provider's own word of the last attempt.
    package var reasons: [GlobPattern] = []
    package var statuses: [StatusPattern] = []
    /// Made before this instant: `--older`.
    package var madeBefore: Instant?
    /// Made at or after this instant: `--younger`.
    package var madeSince: Instant?
    /// Deferred, and due before this instant.
    package var dueBefore: Instant?
    package var attempts: [Comparison] = []

    package init() {}

    /// A person of the registry, or a name only an event knows.
    package enum User: Hashable, Sendable {
        case known(PersonID)
        case unknown(String)

        /// How this event's plans name the person; nil when they do not.
        func person(in event: StoredEvent) -> PersonID? {
            switch self {
            case .known(let id): id
            case .unknown(let name): event.unknownUsers.firstIndex(of: name).map { .unknown(index: $0) }
            }
        }
    }

    /// `503`, `5xx`, or 0 for an attempt without an answer.
    package struct StatusPattern: Hashable, Sendable {
        package var range: ClosedRange<Int>

        /// nil when the text is none of these.
        package init?(_ text: some StringProtocol) {
            if let exact = Int(text), exact == 0 || (100...599).contains(exact) {
                range = exact...exact
            } else if text.count == 3, text.lowercased().hasSuffix("xx"), let first = text.first?.wholeNumberValue,
                (1...5).contains(first)
            {
                range = first * 100...first * 100 + 99
            } else {
                return nil
            }
        }
    }

    /// `>=3`, `<2`, `=1` or `1`.
    package struct Comparison: Hashable, Sendable {
        private var range: ClosedRange<Int>

        /// nil when the text is no comparison with a number from 0 to 1000.
        package init?(_ text: some StringProtocol) {
            let sign = text.prefix { "<>=".contains($0) }
            let rest = text.dropFirst(sign.count).drop { $0 == " " }
            guard let number = Int(rest), (0...1000).contains(number) else { return nil }
            switch sign {
            case ">=": range = number...Int.max
            case ">": range = number + 1...Int.max
            case "<=": range = 0...number
            case "<" where number > 0: range = 0...number - 1
            case "", "=", "==": range = number...number
            default: return nil
            }
        }

        package func holds(_ number: Int) -> Bool { range.contains(number) }
    }

    /// What can be told from a page's header alone. `persons` are those of the page.
    func admits(lane: LaneID, madeAt: Instant) -> Bool {
        (lanes?.contains(lane) ?? true) && (madeBefore.map { madeAt < $0 } ?? true)
            && (madeSince.map { madeAt >= $0 } ?? true)
    }

    func admits(_ event: StoredEvent) -> Bool {
        (self.event == nil || self.event == event.id)
            && (schools.isEmpty || schools.contains { $0.matches(event.school ?? "") })
            && (apps.isEmpty || apps.contains { $0.matches(event.app) })
            && (kinds.isEmpty || kinds.contains { $0.matches(event.app + "." + event.action) })
    }

    /// True when the rows of exceptions (retry, dead, attempt) have to be read to decide.
    var needsExceptions: Bool {
        !reasons.isEmpty || !statuses.isEmpty || dueBefore != nil || !attempts.isEmpty
    }

    var needsPlan: Bool { user != nil || device != nil }

    func admits(_ row: DeliveryRow) -> Bool {
        let words = [row.result.reason?.word, row.last?.reason].compactMap { $0 }
        return (reasons.isEmpty || reasons.contains { words.contains(where: $0.matches) })
            && (statuses.isEmpty
                || row.last.map { last in statuses.contains { $0.range.contains(last.status) } } ?? false)
            && (dueBefore.map { limit in row.nextAt.map { $0 < limit } ?? false } ?? true)
            && attempts.allSatisfy { $0.holds(row.attempts) }
    }
}
