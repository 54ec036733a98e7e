import Database
package import Domain

/// Follows the outcomes as they reach the store, by comparing pages with what they held before.
///
/// Bounded and lossy, never in the writer's way: at most ``pagesMax`` pages are watched (those with work left, the newest first), and
/// one batch returns at most `max` outcomes; what it leaves out is counted. Two outcomes of one delivery between two looks are one.
/// Not Sendable, as its reader.
package final class OutcomeTail {
    package static let pagesMax = 4000

    private let reader: QueueReader
    private let filter: QueueFilter
    private var watched: [PageID: PageResult] = [:]
    private var newest: Int64
    private var version: Int64 = -1

    /// What was found at one time.
    package struct Batch: Sendable {
        package var rows: [DeliveryRow] = []
        /// Outcomes beyond the bound, and pages nobody watches.
        package var skipped = 0
    }

    /// What is in the store now is known; only what comes after is told.
    package init(_ reader: QueueReader, _ filter: QueueFilter) throws {
        self.reader = reader
        self.filter = filter
        newest = try reader.connection.first(InspectionSQL.newestPage.rawValue) { $0.int64OrNil(0) }.flatMap { $0 } ?? 0
        var open = QueueFilter()
        open.states = [.pending, .deferred]
        open.lanes = filter.lanes
        let scan = DeliveryScan(reader, open)
        while let match = try scan.next() {
            watched[match.header.id] = match.result
            if watched.count > Self.pagesMax * 2 { forgetOldest() }
        }
        forgetOldest()
    }

    /// The outcomes since the last batch, in the order of the deliveries' ids. Without a commit in between: one question.
    package func next(max: Int) throws -> Batch {
        var batch = Batch()
        let now = try reader.connection.dataVersion
        guard now != version else { return batch }
        version = now
        for (page, before) in watched.sorted(by: { $0.key < $1.key }) {
            try compare(page, before: before, max: max, &batch)
        }
        var isMore = true
        while isMore {
            let pages = try reader.connection.all(InspectionSQL.newerPages.rawValue, newest, DeliveryScan.sliceRows) {
                PageID(rawValue: $0.int64(0))
            }
            for page in pages { try compare(page, before: nil, max: max, &batch) }
            newest = pages.last?.rawValue ?? newest
            isMore = pages.count == DeliveryScan.sliceRows
        }
        let count = watched.count
        forgetOldest()
        batch.skipped += count - watched.count
        return batch
    }

    /// A page that cannot be read is watched no longer, and noted.
    private func compare(_ id: PageID, before: PageResult?, max: Int, _ batch: inout Batch) throws {
        do { try compareReadable(id, before: before, max: max, &batch) } catch {
            guard let cause = UnreadableRowError.Cause(error) else { throw error }
            watched[id] = nil
            reader.unreadable.note(UnreadableRowError(.page, id.rawValue, cause))
        }
    }

    private func compareReadable(_ id: PageID, before: PageResult?, max: Int, _ batch: inout Batch) throws {
        guard let header = try reader.header(of: id), let event = try reader.event(header.event) else {
            watched[id] = nil
            return
        }
        let result = try reader.connection.first(InspectionSQL.result.rawValue, id.rawValue) { row in
            try row.withBlob(0) { try PageResult(decoding: $0) }
        }
        guard let result, result.count == before?.count ?? result.count else {
            watched[id] = nil
            return
        }
        let isOpen = (0..<result.count).contains { !result[$0].state.isTerminal }
        watched[id] = isOpen ? result : nil
        if result == before { return }
        var facts = DeliveryFacts(header: header)
        facts.event = event
        if filter.needsReferences, filter.admits(facts) != false { facts.references = try reader.references(of: event) }
        guard filter.admits(facts) != false else { return }
        let changed = (0..<result.count).filter { slot in
            let state = result[slot].state
            return state != .pending && result[slot] != before?[slot]
                && (filter.states.isEmpty || filter.states.contains(state))
        }
        guard !changed.isEmpty else { return }
        let room = Swift.max(0, max - batch.rows.count)
        if room == 0 {
            batch.skipped += changed.count
            return
        }
        guard let page = try reader.page(id) else { return }
        let match = PageMatch(header: header, event: event, result: result, slots: changed)
        let rows = match.rows(plan: page.plan, try reader.exceptions(of: id)).filter { row in
            facts.add(row)
            return filter.admits(facts) ?? false
        }
        batch.rows += rows.prefix(room)
        batch.skipped += Swift.max(0, rows.count - room)
    }

    private func forgetOldest() {
        guard watched.count > Self.pagesMax else { return }
        for page in watched.keys.sorted().prefix(watched.count - Self.pagesMax) { watched[page] = nil }
    }
}
