import Database
package import Domain

/// A part of a resend that fits one commit.
package struct ResendStep: Sendable {
    package var operation: Int64
    package var event: EventID
    /// The expansion step that these persons belong to.
    package var part: Int
    /// New pages for persons of that step, all slots pending.
    package var pages: [NewPage]
    /// The last person of this step; those up to it are not looked at again after a restart.
    package var last: PersonID
    package var expiresAt: Instant
    package var isUrgent: Bool

    package init(
        operation: Int64,
        event: EventID,
        part: Int,
        pages: [NewPage],
        last: PersonID,
        expiresAt: Instant,
        isUrgent: Bool
    ) {
        self.operation = operation
        self.event = event
        self.part = part
        self.pages = pages
        self.last = last
        self.expiresAt = expiresAt
        self.isUrgent = isUrgent
    }
}

extension QueueStore {
    /// Adds deliveries to an event that is expanded, reopens it, and moves the operation's cursor, in one commit.
    ///
    /// - Returns: the new pages as the scheduler takes them; nil when the event was withdrawn, replaced or pruned: nothing more is sent of it.
    package func append(_ step: ResendStep, now: Instant) async throws(StoreError) -> [Scheduler.Entry]? {
        try await writer.run(.normal, lingers: false) { connection in
            let event = step.event.rawValue
            let found = try connection.first(QueueSQL.resendable.rawValue, event) { StandingOrder(rawValue: $0.int(0)) }
            guard let standing = found else { return nil }
            let slots = step.pages.reduce(0) { $0 + $1.plan.slots.count }
            let entries = try step.pages.compactMap {
                try Self.insert($0, of: step.expansion, standing, now: now, connection)
            }
            if slots > 0 {
                try connection.run(QueueSQL.reopenForResend.rawValue, step.expiresAt.milliseconds, event)
                // An order about the whole event may have ended them at once.
                try Self.closeIfDone(event, now: now, connection)
            }
            try connection.run(
                QueueSQL.operationProgress.rawValue,
                slots,
                step.last.rawValue,
                "{}",
                step.operation
            )
            return entries
        }
    }
}

extension ResendStep {
    /// As pages are inserted: those of a later step of the event.
    fileprivate var expansion: ExpansionStep {
        ExpansionStep(
            event: event,
            part: part,
            pages: pages,
            concerned: ConcernedPersons(entries: []),
            cursor: last.rawValue,
            isLast: false,
            expiresAt: expiresAt,
            isUrgent: isUrgent,
            pupils: 0,
            unknownUsers: []
        )
    }
}
