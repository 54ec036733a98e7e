import Database
package import Domain

extension QueueReader {
    /// Open work by lane. Cost: one blob per open page (2,000 pages, a million deliveries: about 10 ms), in slices with a snapshot
    /// each.
    package func backlog() throws -> [LaneID: LaneBacklog] {
        var lanes: [LaneID: LaneBacklog] = [:]
        func lane(_ number: Int64) -> LaneID { LaneID(rawValue: Int32(truncatingIfNeeded: number)) }
        var cursor: (lane: Int64, tag: Int64, id: Int64) = (1, .min, 0)
        var count = 0
        repeat {
            count = 0
            try connection.query(
                InspectionSQL.openResults.rawValue,
                cursor.lane,
                cursor.tag,
                cursor.id,
                Self.backlogSliceRows
            ) { row in
                let id = lane(row.int64(1))
                let opened = Instant(milliseconds: row.int64(3))
                var backlog = lanes[id] ?? LaneBacklog()
                let pending = try row.result(.page, row.int64(0)) { row in
                    try row.withBlob(4) { try PageResult(decoding: $0).pendingCount }
                }
                switch pending {
                case .success(let count): backlog.pending += count
                case .failure(let page): backlog.unreadable.append(page)
                }
                backlog.oldest = min(backlog.oldest ?? opened, opened)
                lanes[id] = backlog
                cursor = (row.int64(1), row.int64(2), row.int64(0))
                count += 1
            }
        } while count == Self.backlogSliceRows
        try connection.query("SELECT lane, count(*) FROM retry GROUP BY lane") { row in
            lanes[lane(row.int64(0)), default: LaneBacklog()].deferred += row.int(1)
        }
        try connection.query("SELECT lane, count(*) FROM dead GROUP BY lane") { row in
            lanes[lane(row.int64(0)), default: LaneBacklog()].dead += row.int(1)
        }
        // Over the whole table: it is as large as what operators hold, mostly empty.
        try connection.query("SELECT lane, count(*) FROM held GROUP BY lane") { row in
            lanes[lane(row.int64(0)), default: LaneBacklog()].held += row.int(1)
        }
        return lanes
    }

    /// Results of 200 pages are decoded in about a millisecond.
    private static let backlogSliceRows = 200

    /// Events by state; the open ones exactly, `done` since `since`.
    package func eventCounts(doneSince since: Instant) throws -> [EventState: Int] {
        var counts: [EventState: Int] = [:]
        try connection.query(
            "SELECT \(Self.shownState) AS shown, count(*) FROM event WHERE state IN (0, 1, 2, 3, 5) GROUP BY shown"
        ) { row in
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

    /// Events whose ids lie there, the oldest first. Primary key.
    package func events(in range: ClosedRange<Int64>, limit: Int) throws -> [EventID] {
        try connection.all(
            "SELECT id FROM event WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
            range.lowerBound,
            range.upperBound,
            limit
        ) { EventID(rawValue: $0.int64(0)) }
    }

    /// When the delivery was tried first that has been tried in vain for longest, by lane; what waits for quiet hours, a recap or another
    /// event does not count. Cost: the whole of `retry`, about a second for a million.
    package func oldestRetries() throws -> [LaneID: Instant] {
        var oldest: [LaneID: Instant] = [:]
        try connection.query(
            """
            SELECT retry.lane, min(coalesce((SELECT min(at) FROM attempt WHERE attempt.delivery = retry.delivery), page.opened_at))
            FROM retry JOIN page ON page.id = retry.delivery >> 10
            WHERE retry.opens_at IS NULL AND retry.carrier IS NULL AND retry.attempts > 0 GROUP BY retry.lane
            """
        ) { row in
            oldest[LaneID(rawValue: Int32(truncatingIfNeeded: row.int64(0)))] = Instant(milliseconds: row.int64(1))
        }
        return oldest
    }

    /// When the newest dead letter died; nil when there is none. Index dead_lane.
    package func newestDead() throws -> Instant? {
        try connection.first("SELECT max(died_at) FROM dead") { $0.int64OrNil(0) }?.map(Instant.init(milliseconds:))
    }

    /// Newest first, from below `before`. One that cannot be read is noted (``QueueReader/unreadable``) and left out.
    package func events(before: EventID?, state: EventState?, limit: Int) throws -> [StoredEvent] {
        let filter = state == nil ? "" : " AND \(Self.shownState) = ?2"
        let sql = Self.eventColumns + " WHERE id < ?1\(filter) ORDER BY id DESC LIMIT \(state == nil ? "?2" : "?3")"
        return try unreadable.listing(limit: limit, from: before?.rawValue ?? .max) { top, count in
            let read: (borrowing Row) throws -> (Int64, RowResult<StoredEvent>) = { row in
                (row.int64(0), try row.result(.event, row.int64(0), Self.event))
            }
            guard let state else { return try connection.all(sql, top, count, row: read) }
            return try connection.all(sql, top, state.rawValue, count, row: read)
        }
    }

    /// The event that was posted with an identity (`Intake.scope`); nil when none was, or when that is longer ago than identities are kept.
    package func event(postedAs scope: [UInt8]) throws -> EventID? {
        try connection.first(QueueSQL.identity.rawValue, scope) { EventID(rawValue: $0.int64(0)) }
    }

    /// Length of an event's stored text. Primary key; `length` reads no overflow page.
    package func contentBytes(of event: EventID) throws -> Int64? {
        try connection.first("SELECT length(publication) FROM content WHERE event = ?", event.rawValue) { $0.int64(0) }
    }
}
