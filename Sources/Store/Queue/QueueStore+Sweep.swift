import Database
package import Domain

extension QueueStore {
    /// Ends what has outlived its time: pending slots of open pages and due-or-not retry rows whose expiry has passed. A slice at a
    /// time, so that no commit holds the writer for long.
    ///
    /// - Returns: the pages that ended, so that the scheduler forgets them; call again while there are any.
    package func expire(now: Instant, pagesMax: Int = 50, retriesMax: Int = 500) async throws(StoreError) -> [PageID] {
        try await writer.run(.normal) { connection in
            let pages = try connection.all(
                QueueSQL.expiredPages.rawValue,
                now.milliseconds,
                pagesMax
            ) { (PageID(rawValue: $0.int64(0)), $0.int64(1)) }
            var events: Set<Int64> = []
            for (page, event) in pages {
                try Self.expirePending(of: page, now: now, connection)
                events.insert(event)
            }
            let retries = try connection.all(
                QueueSQL.expiredRetries.rawValue,
                now.milliseconds,
                retriesMax
            ) { (DeliveryID(rawValue: $0.int64(0)), $0.int64(1)) }
            for (delivery, event) in retries {
                try connection.run(QueueSQL.deleteRetry.rawValue, delivery.rawValue)
                try Self.overwrite(delivery, with: SlotResult(.expired, reason: .expired), connection)
                events.insert(event)
            }
            for event in events { try Self.closeIfDone(event, now: now, connection) }
            return pages.map(\.0)
        }
    }

    private static func expirePending(of page: PageID, now: Instant, _ connection: any Session) throws {
        let bytes = try connection.first(QueueSQL.pageResult.rawValue, page.rawValue) {
            try $0.withBlob(0) { try PageResult(decoding: $0) }
        }
        guard var result = bytes else { throw StoreError.damaged("page \(page.rawValue) has no result") }
        for slot in 0..<result.count where result[slot].state == .pending {
            result[slot] = SlotResult(.expired, reason: .expired)
        }
        try connection.run(QueueSQL.setPageResult.rawValue, result.bytes, page.rawValue)
        try connection.run(QueueSQL.closePage.rawValue, now.milliseconds, page.rawValue)
    }

    private static func overwrite(_ delivery: DeliveryID, with result: SlotResult, _ connection: any Session) throws {
        let bytes = try connection.first(QueueSQL.pageResult.rawValue, delivery.page.rawValue) {
            try $0.withBlob(0) { try PageResult(decoding: $0) }
        }
        guard var page = bytes, delivery.slot < page.count else {
            throw StoreError.damaged("delivery \(delivery) has no slot")
        }
        page[delivery.slot] = result
        try connection.run(QueueSQL.setPageResult.rawValue, page.bytes, delivery.page.rawValue)
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
