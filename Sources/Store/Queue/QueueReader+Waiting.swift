import Database
package import Domain

/// A delivery that quiet hours hold up.
package struct WaitingDelivery: Hashable, Sendable {
    package var delivery: DeliveryID
    package var event: EventID
    package var wait: QuietWait
}

extension QueueReader {
    /// Those behind `after`, in the order of their numbers, at most `limit`. Index retry_waiting.
    package func waiting(after: DeliveryID?, limit: Int) throws -> [WaitingDelivery] {
        try connection.all(QueueSQL.waitingRetries.rawValue, after?.rawValue ?? .min, limit) { row in
            WaitingDelivery(
                delivery: DeliveryID(rawValue: row.int64(0)),
                event: EventID(rawValue: row.int64(3)),
                wait: QuietWait(
                    opensAt: Instant(milliseconds: row.int64(2)),
                    dueAt: Instant(milliseconds: row.int64(1))
                )
            )
        }
    }

    /// How many wait for quiet hours to end, and when the first of them do. Reads the index alone.
    package func waitingForQuietHours() throws -> (count: Int, opensAt: Instant?) {
        try connection.first("SELECT count(*), min(opens_at) FROM retry WHERE opens_at IS NOT NULL") {
            ($0.int(0), $0.int64OrNil(1).map { Instant(milliseconds: $0) })
        } ?? (0, nil)
    }

    /// When the deliveries of an event that wait for quiet hours may ring. Index retry_event.
    package func openings(of event: EventID) throws -> [DeliveryID: Instant] {
        var openings: [DeliveryID: Instant] = [:]
        try connection.query(QueueSQL.openingsOfEvent.rawValue, event.rawValue) { row in
            openings[DeliveryID(rawValue: row.int64(0))] = Instant(milliseconds: row.int64(1))
        }
        return openings
    }
}

extension QueueStore {
    /// A delivery's new place in time.
    package struct NewWait: Sendable {
        package var delivery: DeliveryID
        package var wait: QuietWait
        package var expiresAt: Instant

        package init(delivery: DeliveryID, wait: QuietWait, expiresAt: Instant) {
            self.delivery = delivery
            self.wait = wait
            self.expiresAt = expiresAt
        }
    }

    /// Moves deliveries that wait for quiet hours to end; one that does not any more is left alone.
    package func replan(_ waits: [NewWait]) async throws(StoreError) {
        try await writer.run(.normal, bytes: waits.count * 64) { connection in
            for new in waits {
                try connection.run(
                    QueueSQL.planRetry.rawValue,
                    new.wait.dueAt.milliseconds,
                    new.wait.opensAt.milliseconds,
                    new.expiresAt.milliseconds,
                    new.delivery.rawValue
                )
                guard connection.changes > 0 else { continue }
                try connection.run(
                    QueueSQL.prolongPage.rawValue,
                    new.expiresAt.milliseconds,
                    new.delivery.page.rawValue
                )
                let event = try connection.first(QueueSQL.pageHeader.rawValue, new.delivery.page.rawValue) {
                    $0.int64(0)
                }
                try connection.run(QueueSQL.prolongEvent.rawValue, new.expiresAt.milliseconds, event)
            }
        }
    }
}
