package import Domain

/// An order as the store keeps it, with how far it has come.
package struct StoredOperation: Sendable {
    package enum State: String, Sendable {
        /// Can transition to: done, cancelled, failed. After a restart it goes on behind its cursor.
        case running
        case done
        /// By an operator, between two slices.
        case cancelled
        /// The store or the filter gave it up; what was changed stays.
        case failed
    }

    package var id: Int64
    package var at: Instant
    package var actor: String
    package var verb: String
    package var filter: String
    package var matched: Int
    package var eligible: Int
    package var changed: Int
    package var why: String
    package var state: State
    /// As written by ``OrderScope/text``; empty object for an ``InstantOperation``.
    package var scope: String
    /// The last page that is done; of a resend, whose pages are new, the number of the last person.
    package var cursor: PageID
    /// Deliveries that had moved on when their turn came, by reason.
    package var skipped: [String: Int]
    package var endedAt: Instant?

    package var orderVerb: OrderVerb? { OrderVerb(rawValue: verb) }
}
