import Database
package import Domain

extension QueueReader {
    /// Callbacks of a publisher whose time has come, the oldest first. Index callback_due.
    package func dueCallbacks(of publisher: String, now: Instant, limit: Int) throws -> [DueCallback] {
        try connection.all(QueueSQL.dueCallbacks.rawValue, publisher, now.milliseconds, limit) {
            DueCallback(event: EventID(rawValue: $0.int64(0)), attempts: $0.int(1))
        }
    }
}

extension QueueStore {
    /// The publisher has been told, or will not be.
    package func endCallback(_ event: EventID) async throws(StoreError) {
        try await writer.run(.normal) { try $0.run(QueueSQL.deleteCallback.rawValue, event.rawValue) }
    }

    /// Once more at `next`; also after a restart.
    package func delayCallback(_ event: EventID, attempts: Int, until next: Instant) async throws(StoreError) {
        try await writer.run(.normal) {
            try $0.run(QueueSQL.delayCallback.rawValue, attempts, next.milliseconds, event.rawValue)
        }
    }
}
