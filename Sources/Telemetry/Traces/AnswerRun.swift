package import Domain

/// Answers to deliveries of one event that came one after the other.
package struct AnswerRun: Hashable, Sendable {
    package let event: EventID
    package let first: Instant
    package var last: Instant

    package init(_ event: EventID, at: Instant) {
        self.event = event
        first = at
        last = at
    }
}
