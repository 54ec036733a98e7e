import Database
package import Domain

/// What would happen at once if a wall clock that runs ahead were believed.
package struct HeldByClock: Hashable, Sendable {
    /// Events that would begin.
    package var scheduled = 0
    /// Deliveries that would be tried again.
    package var retries = 0
    /// Open events whose time would be over.
    package var expiring = 0

    package init() {}
}

extension QueueReader {
    /// Zero while the clock is believed or lies behind. Indexes event_due, event_open; reads the keys of `retry`.
    package func heldByClock(_ clock: ClockReport) throws -> HeldByClock {
        var held = HeldByClock()
        guard clock.suspectSince != nil, clock.wall > clock.steady else { return held }
        let (from, to) = (clock.steady.milliseconds, clock.wall.milliseconds)
        func count(_ sql: String) throws -> Int { try connection.first(sql, from, to) { $0.int(0) } ?? 0 }
        held.scheduled = try count(
            """
            SELECT count(*) FROM event WHERE state IN (0, 1, 2) AND state = 0 AND coalesce(not_before, accepted_at) > ?1
                AND coalesce(not_before, accepted_at) <= ?2
            """
        )
        held.retries = try count("SELECT count(*) FROM retry WHERE due_at > ?1 AND due_at <= ?2")
        held.expiring = try count(
            "SELECT count(*) FROM event WHERE state IN (0, 1, 2, 3, 5) AND expires_at > ?1 AND expires_at <= ?2"
        )
        return held
    }
}
