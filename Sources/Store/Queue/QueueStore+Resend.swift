import Database
package import Domain

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
