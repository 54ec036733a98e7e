/// What a deep check of the store found: how much it looked at, and each promise it saw broken.
package struct ConservationReport: Sendable, Equatable {
    /// A promise of the store. The raw value is a stable word of `doctor -o json`.
    package enum Rule: String, Sendable, CaseIterable {
        /// The file itself: damaged pages, indexes that differ from their tables.
        case integrity
        /// A row or blob that cannot be read.
        case readable
        /// Plan, result and the page's count agree.
        case length
        /// Closed: no slot is pending; open: one is.
        case pageState
        /// A row in `retry` for each deferred slot, and for no other.
        case retry
        /// A row in `dead` for each dead slot, and for no other.
        case dead
        /// A row in `held` for each held slot, and for no other.
        case held
        /// Done: no page to do, no retry or held row. Sending: something is left to do.
        case eventState
        /// Pages, parts and cursor tell of the same expansion.
        case cursor
        /// Each person concerned has a slot, each slot a person concerned, no device twice.
        case accounted
        /// A row that belongs to nothing.
        case orphan
        /// An event to be expanded has its text, an identity one event.
        case content
    }

    package struct Violation: Sendable, Hashable {
        package var rule: Rule
        /// `E-…`, `D-…`, `page 12` or the file.
        package var id: String
        package var detail: String

        package init(_ rule: Rule, _ id: String, _ detail: String) {
            self.rule = rule
            self.id = id
            self.detail = detail
        }
    }

    package struct Counts: Sendable, Equatable {
        package var events = 0
        package var pages = 0
        package var deliveries = 0
        package var persons = 0
        package var pending = 0
        package var deferred = 0
        package var dead = 0
        package var held = 0

        package init() {}
    }

    /// Violations kept with their ids; all are counted.
    package static let violationsMax = 1000

    package private(set) var violations: [Violation] = []
    package private(set) var violationsTotal = 0
    package var counts = Counts()

    package init() {}

    package mutating func add(_ more: [Violation]) {
        for violation in more { add(violation.rule, violation.id, violation.detail) }
    }

    package mutating func add(_ rule: Rule, _ id: String, _ detail: String) {
        violationsTotal += 1
        if violations.count < Self.violationsMax { violations.append(Violation(rule, id, detail)) }
    }
}
