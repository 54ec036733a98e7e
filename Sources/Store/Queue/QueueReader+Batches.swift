import Database
package import Domain

/// Reads of many rows in one statement, each row with a result of its own.
extension QueueReader {
    /// Plan, result, event, lane and expiry of these pages; a page that does not exist is not in the answer.
    package func pages(_ ids: some Collection<PageID>) throws -> [PageID: RowResult<StoredPage>] {
        try Self.pages(ids, connection)
    }

    static func pages(
        _ ids: some Collection<PageID>,
        _ connection: any Session
    ) throws -> [PageID: RowResult<StoredPage>] {
        var found: [PageID: RowResult<StoredPage>] = [:]
        found.reserveCapacity(ids.count)
        try connection.query(QueueKeyedSQL.pages, keys: ids.map(\.rawValue)) { row in
            let id = row.int64(0)
            found[PageID(rawValue: id)] = try row.result(.page, id, Self.page)
        }
        return found
    }

    private static func page(_ row: borrowing Row) throws -> StoredPage {
        let id = row.int64(0)
        guard !row.isNull(4), !row.isNull(5) else { throw UnreadableRowError(.page, id, .incomplete) }
        let page = StoredPage(
            id: PageID(rawValue: id),
            event: EventID(rawValue: row.int64(1)),
            lane: LaneID(rawValue: Int32(truncatingIfNeeded: row.int64(2))),
            part: row.int(6),
            openedAt: Instant(milliseconds: row.int64(7)),
            expiresAt: try row.instant(3),
            plan: try row.withBlob(4) { try Plan(decoding: $0) },
            result: try row.withBlob(5) { try PageResult(decoding: $0) }
        )
        // A delivery is told by its slot: with other lengths nobody knows whose result is whose.
        guard page.plan.slots.count == page.result.count else { throw UnreadableRowError(.page, id, .damaged) }
        return page
    }

    /// Whether and how these events were taken back (``StoredEvent/ending``): for deliveries of others that wait for theirs, so nothing else of
    /// an event has to be readable. One that does not exist is not in the answer.
    package func endings(of ids: some Collection<EventID>) throws -> [EventID: SlotResult?] {
        var found: [EventID: SlotResult?] = [:]
        try connection.query(QueueKeyedSQL.endings, keys: ids.map(\.rawValue)) { row in
            let ending = StoredEvent.ending(isWithdrawn: !row.isNull(1), isSuperseded: !row.isNull(2))
            found.updateValue(ending, forKey: EventID(rawValue: row.int64(0)))
        }
        return found
    }

    /// Events with their text; one that does not exist is not in the answer.
    package func eventsWithText(
        _ ids: some Collection<EventID>
    ) throws -> [EventID: RowResult<(event: StoredEvent, publication: Publication)>] {
        var found: [EventID: RowResult<(event: StoredEvent, publication: Publication)>] = [:]
        try connection.query(QueueKeyedSQL.events, keys: ids.map(\.rawValue)) { row in
            let id = row.int64(0)
            found[EventID(rawValue: id)] = try row.result(.event, id) { row in
                guard !row.isNull(23) else { throw UnreadableRowError(.event, id, .incomplete) }
                return (try Self.event(row), try row.withBlob(23) { try PublicationCoding.decode(Array($0)) })
            }
        }
        return found
    }

    /// Why an event cannot be expanded or rendered; nil when it can, or does not exist. Primary keys.
    package func unreadable(_ event: EventID) throws -> UnreadableRowError? {
        try eventsWithText([event])[event]?.failure
    }

    /// Open events (not expanded, or with work to do) that cannot be read, and open pages. Index event_open, page_open; in slices.
    package func unreadableWork() throws -> [UnreadableRowError] {
        var unreadable: [UnreadableRowError] = []
        var last: Int64 = .min
        while true {
            let ids = try connection.all(QueueSQL.openEvents.rawValue, last, Self.workSliceRows) {
                EventID(rawValue: $0.int64(0))
            }
            unreadable += try eventsWithText(ids).values.compactMap(\.failure)
            guard ids.count == Self.workSliceRows, let end = ids.last else { break }
            last = end.rawValue
        }
        var pages: [PageID] = []
        // Those in quarantine (state 2) are named as long as they are kept.
        try connection.query("SELECT id FROM page WHERE state <> 1") { pages.append(PageID(rawValue: $0.int64(0))) }
        unreadable += try self.pages(pages).values.compactMap(\.failure)
        return unreadable.sorted { ($0.table.rawValue, $0.id) < ($1.table.rawValue, $1.id) }
    }

    private static let workSliceRows = 500
}
