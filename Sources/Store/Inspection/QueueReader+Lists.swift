package import Domain
import SQLite

/// Sums of one lane over what is open now.
package struct LaneBacklog: Sendable {
    package var pending = 0
    package var deferred = 0
    package var dead = 0
    /// When the page of the oldest pending delivery was made.
    package var oldest: Instant?

    package init() {}
}

/// A delivery as the operator's lists show it.
package struct DeliveryRow: Sendable {
    package var id: DeliveryID
    package var event: EventID
    package var person: PersonID
    package var device: DeviceID
    package var lane: LaneID
    package var result: SlotResult
    package var attempts: Int
    package var nextAt: Instant?
    package var expiresAt: Instant
}

package struct AttemptRow: Sendable {
    package var number: Int
    package var at: Instant
    package var milliseconds: Int64
    package var state: DeliveryState
    package var status: Int
    package var reason: String
}

extension QueueReader {
    /// Open work by lane. Cost: one blob per open page (2,000 pages, a million deliveries: about 10 ms).
    package func backlog() throws -> [LaneID: LaneBacklog] {
        var lanes: [LaneID: LaneBacklog] = [:]
        func lane(_ row: borrowing Row) -> LaneID { LaneID(rawValue: Int32(truncatingIfNeeded: row.int64(0))) }
        try connection.query(
            "SELECT lane, opened_at, slots FROM page JOIN result ON result.page = page.id WHERE state = 0 AND lane > 0"
        ) { row in
            let id = lane(row)
            let opened = Instant(milliseconds: row.int64(1))
            var backlog = lanes[id] ?? LaneBacklog()
            backlog.pending += try row.withBlob(2) { try PageResult(decoding: $0).pendingCount }
            backlog.oldest = min(backlog.oldest ?? opened, opened)
            lanes[id] = backlog
        }
        try connection.query("SELECT lane, count(*) FROM retry GROUP BY lane") { row in
            lanes[lane(row), default: LaneBacklog()].deferred += row.int(1)
        }
        try connection.query("SELECT lane, count(*) FROM dead GROUP BY lane") { row in
            lanes[lane(row), default: LaneBacklog()].dead += row.int(1)
        }
        return lanes
    }

    /// Events by state; the open ones exactly, `done` since `since`.
    package func eventCounts(doneSince since: Instant) throws -> [EventState: Int] {
        var counts: [EventState: Int] = [:]
        try connection.query("SELECT state, count(*) FROM event WHERE state IN (0, 1, 2, 3, 5) GROUP BY state") { row in
            if let state = EventState(rawValue: row.int(0)) { counts[state] = row.int(1) }
        }
        counts[.done] = try connection.first(
            "SELECT count(*) FROM event WHERE id >= ? AND state = 4",
            since.milliseconds << 20
        ) {
            $0.int(0)
        }
        return counts
    }

    /// Newest first, from below `before`.
    package func events(before: EventID?, state: EventState?, limit: Int) throws -> [StoredEvent] {
        let top = before?.rawValue ?? .max
        if let state {
            return try connection.all(
                Self.eventColumns + " WHERE id < ? AND state = ? ORDER BY id DESC LIMIT ?",
                top,
                state.rawValue,
                limit,
                row: Self.event
            )
        }
        return try connection.all(
            Self.eventColumns + " WHERE id < ? ORDER BY id DESC LIMIT ?",
            top,
            limit,
            row: Self.event
        )
    }

    /// What a list of deliveries is asked for; nil means any.
    package struct DeliveryFilter: Sendable {
        package var lane: LaneID?
        package var event: EventID?
        package var person: PersonID?
        package var device: DeviceID?
        package var states: Set<DeliveryState>
        package var reason: Reason?

        package init(
            lane: LaneID? = nil,
            event: EventID? = nil,
            person: PersonID? = nil,
            device: DeviceID? = nil,
            states: Set<DeliveryState> = [],
            reason: Reason? = nil
        ) {
            self.lane = lane
            self.event = event
            self.person = person
            self.device = device
            self.states = states
            self.reason = reason
        }
    }

    /// Deliveries in the order of their ids, after `after`; a keyset page. Without an event only open pages are read unless a
    /// terminal state is asked for.
    package func deliveries(_ filter: DeliveryFilter, after: DeliveryID?, limit: Int) throws -> [DeliveryRow] {
        var rows: [DeliveryRow] = []
        let start = after?.page.rawValue ?? 0
        let needsClosed = filter.event != nil || filter.states.contains { $0 != .pending }
        let condition = filter.event == nil ? "?2 IS NULL" : "event = ?2"
        let pages = try connection.statement(
            "SELECT id FROM page WHERE id >= ?1 AND \(condition) AND (?3 IS NULL OR lane = ?3)"
                + " AND (?4 IS NULL OR ?4 BETWEEN person_min AND person_max)\(needsClosed ? "" : " AND state = 0") ORDER BY id"
        )
        try pages.bind(
            start,
            filter.event?.rawValue,
            filter.lane.map { Int64($0.rawValue) },
            filter.person?.rawValue
        )
        defer { pages.finish() }
        while rows.count < limit, try pages.step() {
            guard let page = try page(PageID(rawValue: pages.row.int64(0))) else { continue }
            try append(page, filter, after: after, limit: limit, to: &rows)
        }
        return rows
    }

    private func append(
        _ page: StoredPage,
        _ filter: DeliveryFilter,
        after: DeliveryID?,
        limit: Int,
        to rows: inout [DeliveryRow]
    ) throws {
        for (slot, planned) in page.plan.slots.enumerated() where rows.count < limit {
            let id = DeliveryID(page: page.id, slot: slot)
            let result = page.result[slot]
            guard after.map({ id > $0 }) ?? true, filter.states.isEmpty || filter.states.contains(result.state),
                filter.person == nil || filter.person == planned.person,
                filter.device == nil || filter.device == planned.device,
                filter.reason == nil || filter.reason == result.reason
            else { continue }
            rows.append(try row(id, of: page))
        }
    }

    package func delivery(_ id: DeliveryID) throws -> DeliveryRow? {
        guard let page = try page(id.page), id.slot < page.plan.slots.count else { return nil }
        return try row(id, of: page)
    }

    private func row(_ id: DeliveryID, of page: StoredPage) throws -> DeliveryRow {
        let planned = page.plan.slots[id.slot]
        let result = page.result[id.slot]
        var attempts = Int(result.attempts)
        var nextAt: Instant?
        if result.state == .deferred || result.state == .dead {
            let retry = try connection.first(
                "SELECT delivery, attempts, due_at, event FROM retry WHERE delivery = ?",
                id.rawValue,
                row: Self.retry
            )
            nextAt = retry?.dueAt
            attempts =
                try retry?.attempts
                ?? connection.first("SELECT attempts FROM dead WHERE delivery = ?", id.rawValue) { $0.int(0) } ?? 0
        }
        return DeliveryRow(
            id: id,
            event: page.event,
            person: planned.person,
            device: planned.device,
            lane: page.lane,
            result: result,
            attempts: attempts,
            nextAt: nextAt,
            expiresAt: page.expiresAt
        )
    }

    package func attempts(of id: DeliveryID) throws -> [AttemptRow] {
        try connection.all(
            "SELECT number, at, milliseconds, state, status, reason FROM attempt WHERE delivery = ? ORDER BY number",
            id.rawValue
        ) { row in
            AttemptRow(
                number: row.int(0),
                at: Instant(milliseconds: row.int64(1)),
                milliseconds: row.int64(2),
                state: DeliveryState(rawValue: UInt8(clamping: row.int(3))) ?? .deferred,
                status: row.int(4),
                reason: row.text(5)
            )
        }
    }
}
