package import Domain

/// A bulk order that is about to begin.
package struct NewOperation: Sendable {
    package var actor: String
    package var verb: OrderVerb
    package var scope: OrderScope
    package var matched: Int
    package var eligible: Int
    package var why: String

    package init(actor: String, verb: OrderVerb, scope: OrderScope, matched: Int, eligible: Int, why: String) {
        self.actor = actor
        self.verb = verb
        self.scope = scope
        self.matched = matched
        self.eligible = eligible
        self.why = why
    }
}

/// An order that is carried out in the commit that writes it down, or outside the queue: a lane's pause, a device's end.
package struct InstantOrder: Sendable {
    package var actor: String
    /// `lane.paused`, `device.revoke`.
    package var verb: String
    package var filter: String
    package var why: String
    package var changed: Int

    package init(actor: String, verb: String, filter: String, why: String, changed: Int) {
        self.actor = actor
        self.verb = verb
        self.filter = filter
        self.why = why
        self.changed = changed
    }

    /// What the mass guard held on a lane was applied, or forgotten.
    package static func removals(
        applied: Bool,
        on lane: LaneID,
        actor: String,
        why: String,
        changed: Int
    ) -> InstantOrder {
        InstantOrder(
            actor: actor,
            verb: applied ? "lane.removalsApplied" : "lane.removalsDiscarded",
            filter: "lane=\(lane.rawValue)",
            why: why,
            changed: changed
        )
    }
}

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
    /// As written by ``OrderScope/text``; empty object for an ``InstantOrder``.
    package var scope: String
    /// The last page that is done; of a resend, whose pages are new, the number of the last person.
    package var cursor: PageID
    /// Deliveries that had moved on when their turn came, by reason.
    package var skipped: [String: Int]
    package var endedAt: Instant?

    package var orderVerb: OrderVerb? { OrderVerb(rawValue: verb) }
}
