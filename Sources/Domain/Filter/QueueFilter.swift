/// Which deliveries a question or an order is about; every condition that is set must hold, an empty one means any.
///
/// Made of the operator's words by ``FilterWords/resolve(now:names:)``; read by the store's scan.
package struct QueueFilter: Sendable {
    package var states: Set<DeliveryState> = []
    package var lanes: Set<LaneID>?
    package var schools: [GlobPattern] = []
    package var apps: [GlobPattern] = []
    /// Over `APP.ACTION`.
    package var kinds: [GlobPattern] = []
    package var classes: Set<Urgency> = []
    /// Over what the event is about: subject, resource, sub-resource or address.
    package var references: [GlobPattern] = []
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
    /// Deferred, and due at or after this instant.
    package var dueSince: Instant?
    package var attempts: [Comparison] = []
    /// Of `--where` and `--not`; each must hold: one of its alternatives, with all the clauses of it.
    package private(set) var expressions: [[[Clause]]] = []

    package init() {}

    /// A person of the registry, or a name only an event knows.
    package enum User: Hashable, Sendable {
        case known(PersonID)
        case unknown(String)
    }

    /// `503`, `5xx`, `>=500`, or 0 for an attempt without an answer, which no comparison means.
    package struct StatusPattern: Hashable, Sendable {
        package var range: ClosedRange<Int>

        /// nil when the text is none of these.
        package init?(_ text: some StringProtocol) {
            let sign = text.prefix { "<>=".contains($0) }
            if !sign.isEmpty {
                guard let limit = Int(text.dropFirst(sign.count)), (100...599).contains(limit) else { return nil }
                switch sign {
                case ">=": range = limit...599
                case ">" where limit < 599: range = limit + 1...599
                case "<=": range = 100...limit
                case "<" where limit > 100: range = 100...limit - 1
                default: return nil
                }
            } else if let exact = Int(text), exact == 0 || (100...599).contains(exact) {
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

    /// A filter of one condition, or its contrary.
    package struct Clause: Sendable {
        package var isNegated: Bool
        package var filter: QueueFilter
    }

    /// What every delivery must be that the expression admits narrows the filter itself, which decides what is read at all.
    mutating func add(_ expression: [[Clause]]) {
        expressions.append(expression)
        guard expression.count == 1 else { return }
        for clause in expression[0] where !clause.isNegated {
            let other = clause.filter
            let both = states.isEmpty ? other.states : states.intersection(other.states)
            // Nothing in common: an empty set would mean any. The expression itself admits nothing then.
            if !both.isEmpty { states = both }
            lanes = other.lanes.map { $0.intersection(lanes ?? $0) } ?? lanes
            event = event ?? other.event
            user = user ?? other.user
            device = device ?? other.device
        }
    }
}
