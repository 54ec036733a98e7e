import Database
package import Domain

/// What a page's row says without its blobs.
package struct PageHeader: Sendable {
    package var id: PageID
    package var event: EventID
    package var lane: LaneID
    package var madeAt: Instant
    package var expiresAt: Instant
    package var persons: ClosedRange<Int64>

    init(_ row: borrowing Row) {
        id = PageID(rawValue: row.int64(0))
        event = EventID(rawValue: row.int64(1))
        lane = LaneID(rawValue: Int32(truncatingIfNeeded: row.int64(2)))
        madeAt = Instant(milliseconds: row.int64(3))
        expiresAt = Instant(milliseconds: row.int64(4))
        persons = row.int64(5)...max(row.int64(5), row.int64(6))
    }
}

/// The deliveries of one page that a ``QueueFilter`` admits; at least one.
package struct PageMatch: Sendable {
    package var header: PageHeader
    package var event: StoredEvent
    package var result: PageResult
    /// Ascending.
    package var slots: [Int]

    func rows(plan: Plan, _ exceptions: PageExceptions) -> [DeliveryRow] {
        slots.map { slot in
            let result = result[slot]
            let retry = result.state == .deferred ? exceptions.retries[slot] : nil
            let dead = result.state == .dead ? exceptions.dead[slot] : nil
            let last = exceptions.last[slot]
            return DeliveryRow(
                id: DeliveryID(page: header.id, slot: slot),
                event: event.id,
                school: event.school,
                app: event.app,
                action: event.action,
                person: plan.slots[slot].person,
                device: plan.slots[slot].device,
                lane: header.lane,
                result: result,
                attempts: retry?.attempts ?? dead?.attempts ?? max(Int(result.attempts), last?.number ?? 0),
                madeAt: header.madeAt,
                nextAt: retry?.dueAt,
                diedAt: dead?.diedAt,
                expiresAt: header.expiresAt,
                last: last
            )
        }
    }
}
