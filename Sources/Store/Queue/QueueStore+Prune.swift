import Database
package import Domain

extension QueueStore {
    /// Deletes ended events that were accepted before `before`, with everything that belongs to them: text, pages, plans, results, persons,
    /// attempts, dead letters. An event goes wholly or not at all, so that what is left always adds up.
    ///
    /// A slice ends at `pagesMax` pages (10,000 deliveries at 20), but for an event that is larger: one of 100,000 devices is 200 pages and
    /// about 10 ms of the writer. The pages of the file that become free are used again; the file does not shrink.
    ///
    /// `summaries`: what is kept of an event, JSON by its id; an event that is not in it stays. nil: nothing is kept of any.
    package func prune(
        acceptedBefore before: Instant,
        summaries: [EventID: String]? = nil,
        eventsMax: Int = 200,
        pagesMax: Int = 20
    ) async throws(StoreError) -> PruneReport {
        try await writer.run(.normal) { connection in
            var report = PruneReport()
            let events = try connection.all(
                QueueSQL.prunableEvents.rawValue,
                before.milliseconds << 20,
                eventsMax
            ) { $0.int64(0) }
            for event in events where summaries?[EventID(rawValue: event)] != nil || summaries == nil {
                guard report.pages < pagesMax else {
                    report.isFull = true
                    break
                }
                if let summary = summaries?[EventID(rawValue: event)] {
                    try connection.run(QueueSQL.keepSummary.rawValue, event, summary)
                }
                report.pages += try Self.delete(event, connection)
                report.events += 1
            }
            if events.count == eventsMax { report.isFull = true }
            return report
        }
    }

    /// Deletes summaries of events accepted before `before`, at most 2,000.
    ///
    /// - Returns: how many.
    package func pruneSummaries(acceptedBefore before: Instant) async throws(StoreError) -> Int {
        try await writer.run(.normal) { connection in
            try connection.run(QueueSQL.pruneSummaries.rawValue, before.milliseconds << 20)
            return connection.changes
        }
    }

    /// - Returns: how many pages it had.
    private static func delete(_ event: Int64, _ connection: any Session) throws -> Int {
        let pages = try connection.all(QueueSQL.pagesOfEvent.rawValue, event) { $0.int64(0) }
        for page in pages {
            // Primary keys, each a range of one page's slots.
            try connection.run("DELETE FROM attempt WHERE delivery BETWEEN ? AND ?", page << 10, page << 10 | 1023)
            try connection.run("DELETE FROM plan WHERE page = ?", page)
            try connection.run("DELETE FROM result WHERE page = ?", page)
        }
        // Indexes page_event and dead_event, primary keys.
        try connection.run("DELETE FROM page WHERE event = ?", event)
        try connection.run("DELETE FROM dead WHERE event = ?", event)
        try connection.run("DELETE FROM concerned WHERE event = ?", event)
        try connection.run("DELETE FROM content WHERE event = ?", event)
        try connection.run(QueueSQL.deleteCallback.rawValue, event)
        try connection.run("DELETE FROM event WHERE id = ?", event)
        return pages.count
    }
}

extension QueueReader {
    /// Ended events accepted before `before`, the oldest first, as ``QueueStore/prune(acceptedBefore:summaries:eventsMax:pagesMax:)`` takes them.
    package func prunableEvents(acceptedBefore before: Instant, limit: Int) throws -> [EventID] {
        try connection.all(QueueSQL.prunableEvents.rawValue, before.milliseconds << 20, limit) {
            EventID(rawValue: $0.int64(0))
        }
    }

    /// What is kept of a pruned event; nil when nothing is. Primary key.
    package func summary(of event: EventID) throws -> (publisher: String, view: JSONObject)? {
        try connection.first(QueueSQL.summary.rawValue, event.rawValue) { ($0.text(0), StoredJSON.object($0.text(1))) }
    }
}
