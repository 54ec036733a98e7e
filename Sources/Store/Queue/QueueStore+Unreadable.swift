import Database
package import Domain

/// The ending of pages and events that cannot be read.
extension QueueStore {
    /// Ends what waits on these pages with ``Reason/unreadable``; hands over and returns. What is refused now ends at its expiry.
    ///
    /// A page the writer can read stays as it is: what met a reader alone was passing.
    package func giveUp(_ rows: [UnreadableRowError], now: Instant) {
        unreadable.note(rows)
        let pages = rows.filter { $0.table == .page }.map { PageID(rawValue: $0.id) }
        guard !pages.isEmpty else { return }
        do { try writer.submit(.normal, { try Self.end(pages, now: now, $0) }) { _ in } } catch {
            // Overloaded or stopping: whoever reads the page next comes again.
        }
    }

    /// As ``giveUp(_:now:)``, on the disk when this returns.
    package func endUnreadable(_ pages: [PageID], now: Instant) async throws(StoreError) {
        try await writer.run(.normal) { try Self.end(pages, now: now, $0) }
    }

    /// Ends events that were never wholly expanded, cannot be read and have outlived their time; what they have waiting goes first.
    ///
    /// - Returns: how many ended.
    package func giveUp(events: [EventID], now: Instant) async throws(StoreError) -> Int {
        try await writer.run(.normal) { connection in
            try events.reduce(0) { count, event in
                try connection.run(QueueSQL.giveUpEvent.rawValue, now.milliseconds, event.rawValue)
                return count + connection.changes
            }
        }
    }

    private static func end(_ pages: [PageID], now: Instant, _ connection: any Session) throws {
        var touched: Set<Int64> = []
        for page in pages { touched.formUnion(try endUnreadable(page, now: now, connection)) }
        for event in touched { try closeIfDone(event, now: now, connection) }
    }

    /// Ends what waits on a page: slot by slot when its result can be read, else the whole page is put into quarantine (state 2) and kept as
    /// it is, since nobody knows which of its deliveries were accepted.
    ///
    /// - Returns: the events that may be done now; none when the page can be read.
    static func endUnreadable(_ page: PageID, now: Instant, _ connection: any Session) throws -> Set<Int64> {
        if case .success? = try QueueReader.pages([page], connection)[page] { return [] }
        let (first, last) = (DeliveryID(page: page, slot: 0).rawValue, DeliveryID(page: page, slot: 1023).rawValue)
        var events: Set<Int64> = []
        try connection.query(QueueSQL.eventsOfRetries.rawValue, first, last) { events.insert($0.int64(0)) }
        try connection.run(QueueSQL.deleteRetries.rawValue, first, last)
        try connection.run(QueueSQL.deleteHeldOfPage.rawValue, first, last)
        let header = try connection.first(QueueSQL.pageHeader.rawValue, page.rawValue) { ($0.int64(0), $0.int(2)) }
        guard let (event, state) = header else { return events }
        events.insert(event)
        if var result = try results(of: [page], connection)[page]?.value {
            for slot in 0..<result.count where !result[slot].state.isTerminal {
                result[slot] = SlotResult(.rejected, reason: .unreadable)
            }
            try connection.run(QueueSQL.setPageResult.rawValue, result.bytes, page.rawValue)
            if state == 0 { try connection.run(QueueSQL.closePage.rawValue, now.milliseconds, page.rawValue) }
        } else {
            try connection.run(QueueSQL.quarantinePage.rawValue, page.rawValue)
        }
        return events
    }

    /// Results of these pages; a page without one is not in the answer.
    static func results(
        of pages: some Collection<PageID>,
        _ connection: any Session
    ) throws -> [PageID: RowResult<PageResult>] {
        var found: [PageID: RowResult<PageResult>] = [:]
        try connection.query(QueueKeyedSQL.results, keys: pages.map(\.rawValue)) { row in
            let id = row.int64(0)
            found[PageID(rawValue: id)] = try row.result(.page, id) { row in
                try row.withBlob(1) { try PageResult(decoding: $0) }
            }
        }
        return found
    }
}
