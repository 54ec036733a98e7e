import Database
package import Domain

/// A delivery as the operator's lists show it.
package struct DeliveryRow: Sendable {
    package var id: DeliveryID
    package var event: EventID
    package var school: String?
    package var app: String
    package var action: String
    package var person: PersonID
    package var device: DeviceID
    package var lane: LaneID
    package var result: SlotResult
    package var attempts: Int
    /// When its page was made: its age counts from here.
    package var madeAt: Instant
    package var nextAt: Instant?
    package var diedAt: Instant?
    package var expiresAt: Instant
    /// The last attempt that left a row: every one that failed, and those that succeeded after a failure.
    package var last: AttemptRow?
}

package struct AttemptRow: Sendable {
    package var number: Int
    package var at: Instant
    package var milliseconds: Int64
    package var state: DeliveryState
    /// 0 when there was no answer.
    package var status: Int
    package var reason: String
}

/// The rows the exceptions of one page have left, by slot.
struct PageExceptions {
    var retries: [Int: (attempts: Int, dueAt: Instant)] = [:]
    var dead: [Int: (attempts: Int, diedAt: Instant)] = [:]
    var last: [Int: AttemptRow] = [:]
}

extension QueueReader {
    /// Three ranges by index.
    func exceptions(of page: PageID) throws -> PageExceptions {
        var found = PageExceptions()
        let first = DeliveryID(page: page, slot: 0).rawValue
        // A damaged row can name the last page there can be.
        let end = first > .max - 1024 ? .max : first + 1024
        func slot(_ row: borrowing Row) -> Int { DeliveryID(rawValue: row.int64(0)).slot }
        try connection.query(InspectionSQL.retries.rawValue, first, end) { row in
            found.retries[slot(row)] = (row.int(1), Instant(milliseconds: row.int64(2)))
        }
        try connection.query(InspectionSQL.dead.rawValue, first, end) { row in
            found.dead[slot(row)] = (row.int(1), Instant(milliseconds: row.int64(2)))
        }
        try connection.query(InspectionSQL.attempts.rawValue, first, end) { row in
            found.last[slot(row)] = Self.attempt(row)
        }
        return found
    }

    package func attempts(of id: DeliveryID) throws -> [AttemptRow] {
        try connection.all(InspectionSQL.attemptsOfDelivery.rawValue, id.rawValue, row: Self.attempt)
    }

    /// One delivery; nil when there is none. Keyed reads.
    ///
    /// - Throws: ``UnreadableRowError`` for a page that cannot be read.
    package func delivery(_ id: DeliveryID) throws -> DeliveryRow? {
        guard let header = try header(of: id.page), let event = try event(header.event) else { return nil }
        guard let page = try page(id.page), id.slot < page.plan.slots.count else { return nil }
        let match = PageMatch(header: header, event: event, result: page.result, slots: [id.slot])
        return match.rows(plan: page.plan, try exceptions(of: id.page)).first
    }

    func header(of page: PageID) throws -> PageHeader? {
        try connection.first(InspectionSQL.header.rawValue, page.rawValue, row: PageHeader.init)
    }

    private static func attempt(_ row: borrowing Row) -> AttemptRow {
        AttemptRow(
            number: row.int(1),
            at: Instant(milliseconds: row.int64(2)),
            milliseconds: row.int64(3),
            state: DeliveryState(rawValue: UInt8(clamping: row.int(4))) ?? .deferred,
            status: row.int(5),
            reason: row.text(6)
        )
    }
}
