import Database
package import Domain

extension QueueStore {
    /// Ends what has outlived its time: pending slots of open pages and due-or-not retry rows whose expiry has passed. A slice at a
    /// time, so that no commit holds the writer for long. A page that cannot be read ends as such, and the others go on.
    ///
    /// - Returns: the pages that ended, so that the scheduler forgets them; call again while there are any.
    package func expire(now: Instant, pagesMax: Int = 50, retriesMax: Int = 500) async throws(StoreError) -> [PageID] {
        let (ended, damaged) = try await writer.run(.normal) { connection in
            var slice = ExpirySlice(now: now, connection: connection)
            let pages = try slice.endPages(max: pagesMax)
            try slice.endRetries(max: retriesMax)
            for event in slice.events { try Self.closeIfDone(event, now: now, connection) }
            return (pages, slice.unreadable)
        }
        unreadable.note(damaged)
        return ended
    }

    /// Forgets identities older than `before`, a slice at a time. Returns how many went.
    package func pruneIdentities(before: Instant, max: Int = 2000) async throws(StoreError) -> Int {
        try await writer.run(.normal) { connection in
            try connection.run(
                QueueSQL.pruneIdentities.rawValue,
                before.milliseconds,
                max
            )
            return connection.changes
        }
    }
}

/// One slice of expiry under way, on the writer's thread.
private struct ExpirySlice {
    let now: Instant
    let connection: any Session
    private(set) var events: Set<Int64> = []
    private(set) var unreadable: [UnreadableRowError] = []

    init(now: Instant, connection: any Session) {
        self.now = now
        self.connection = connection
    }

    mutating func endPages(max: Int) throws -> [PageID] {
        let pages = try connection.all(QueueSQL.expiredPages.rawValue, now.milliseconds, max) {
            (PageID(rawValue: $0.int64(0)), $0.int64(1))
        }
        let results = try QueueStore.results(of: pages.map(\.0), connection)
        for (page, event) in pages {
            events.insert(event)
            guard var result = try readable(results[page], page) else { continue }
            for slot in 0..<result.count where result[slot].state == .pending {
                result[slot] = SlotResult(.expired, reason: .expired)
            }
            try connection.run(QueueSQL.setPageResult.rawValue, result.bytes, page.rawValue)
            try connection.run(QueueSQL.closePage.rawValue, now.milliseconds, page.rawValue)
        }
        return pages.map(\.0)
    }

    mutating func endRetries(max: Int) throws {
        let retries = try connection.all(QueueSQL.expiredRetries.rawValue, now.milliseconds, max) {
            (DeliveryID(rawValue: $0.int64(0)), $0.int64(1))
        }
        let byPage = Dictionary(grouping: retries.map(\.0), by: \.page)
        events.formUnion(retries.map(\.1))
        let results = try QueueStore.results(of: byPage.keys, connection)
        for (page, deliveries) in byPage {
            // First the rows: one that names no slot goes with them.
            for delivery in deliveries { try connection.run(QueueSQL.deleteRetry.rawValue, delivery.rawValue) }
            guard var result = try readable(results[page], page) else { continue }
            for delivery in deliveries where delivery.slot < result.count && !result[delivery.slot].state.isTerminal {
                result[delivery.slot] = SlotResult(.expired, reason: .expired)
            }
            try connection.run(QueueSQL.setPageResult.rawValue, result.bytes, page.rawValue)
        }
    }

    /// nil: the page cannot be read, and has ended as such.
    private mutating func readable(_ result: RowResult<PageResult>?, _ page: PageID) throws -> PageResult? {
        switch result {
        case .success(let result): return result
        case .failure(let row): unreadable.append(row)
        case nil: unreadable.append(UnreadableRowError(.page, page.rawValue, .incomplete))
        }
        events.formUnion(try QueueStore.endUnreadable(page, now: now, connection))
        return nil
    }
}
