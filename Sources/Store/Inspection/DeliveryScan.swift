import Database
package import Domain

/// Walks the deliveries a filter admits, page by page in the order of their ids, beside the running service.
///
/// Every statement reads a bounded number of rows and is finished before the next: no snapshot outlives a few milliseconds, so a
/// scan of the whole store keeps no checkpoint waiting. The price: it is no picture of one instant; a delivery that moves meanwhile
/// is told as it stood when its page was read.
///
/// Which pages are read: with an event its own; for pending, deferred and dead deliveries those that hold one, by index; otherwise
/// all, by their headers. Not Sendable, as its reader.
package final class DeliveryScan {
    /// Rows read by one statement.
    static let sliceRows = 500

    private let reader: QueueReader
    package let filter: QueueFilter
    private let after: DeliveryID?
    private var candidates: [PageID]?
    private var position = 0
    private var slice: ArraySlice<PageHeader> = []
    private var nextID: Int64?
    private var events: [EventID: StoredEvent?] = [:]
    private var plan: (page: PageID, plan: Plan)?
    private var exceptions: (page: PageID, rows: PageExceptions)?
    private var lastReferences: (event: EventID, words: [String])?

    /// What was read so far; tests hold a question to what it may touch.
    package private(set) var cost = Cost()
    /// Pages that cannot be read; they are passed over, and the caller says so.
    package private(set) var damaged: [PageID] = []

    package struct Cost: Equatable, Sendable {
        /// Rows of indexes and headers.
        package var headers = 0
        /// Pages whose result was decoded.
        package var results = 0
        /// Pages whose plan was decoded.
        package var plans = 0
        /// Events whose text was decoded.
        package var contents = 0

        package init(headers: Int = 0, results: Int = 0, plans: Int = 0, contents: Int = 0) {
            self.headers = headers
            self.results = results
            self.plans = plans
            self.contents = contents
        }
    }

    /// `after`: only deliveries above this one, the cursor of a keyset page.
    package init(_ reader: QueueReader, _ filter: QueueFilter, after: DeliveryID? = nil) {
        self.reader = reader
        self.filter = filter
        self.after = after
    }

    /// The next page with at least one delivery the filter admits; nil at the end.
    ///
    /// - Throws: what the store said; a page that cannot be decoded is no error.
    package func next() throws -> PageMatch? {
        while let header = try nextHeader() {
            do {
                if let match = try match(header) { return match }
            } catch {
                guard UnreadableRowError.Cause(error) != nil else { throw error }
                damaged.append(header.id)
            }
        }
        return nil
    }

    private func match(_ header: PageHeader) throws -> PageMatch? {
        var facts = DeliveryFacts(header: header)
        guard filter.admits(facts) != false, let event = try event(header.event) else { return nil }
        facts.event = event
        guard filter.admits(facts) != false else { return nil }
        if filter.needsReferences {
            facts.references = try references(of: event)
            guard filter.admits(facts) != false else { return nil }
        }
        return try match(facts, event)
    }

    /// The deliveries of a match with everything that is known of them.
    package func rows(of match: PageMatch) throws -> [DeliveryRow] {
        let plan = try plan(of: match.header.id)
        guard plan.slots.count == match.result.count else {
            throw StoreError.damaged("page \(match.header.id.rawValue): plan and result differ in length")
        }
        return match.rows(plan: plan, try exceptions(of: match))
    }

    private func match(_ facts: DeliveryFacts, _ event: StoredEvent) throws -> PageMatch? {
        let header = facts.header
        let result = try reader.connection.first(InspectionSQL.result.rawValue, header.id.rawValue) { row in
            try row.withBlob(0) { try PageResult(decoding: $0) }
        }
        cost.results += 1
        guard let result else { throw StoreError.damaged("page \(header.id.rawValue) has no result") }
        let first = after.map { $0.page == header.id ? $0.slot + 1 : 0 } ?? 0
        var slots = Array(min(first, result.count)..<result.count)
        if !filter.states.isEmpty { slots.removeAll { !filter.states.contains(result[$0].state) } }
        var facts = facts
        // Each step reads more, of what the step before left.
        if !filter.expressions.isEmpty {
            slots.removeAll { slot in
                facts.state = result[slot].state
                return filter.admits(facts) == false
            }
        }
        guard !slots.isEmpty else { return nil }
        if filter.needsPlan {
            let plan = try plan(of: header.id)
            slots.removeAll { slot in
                guard slot < plan.slots.count else { return true }
                facts.state = result[slot].state
                facts.slot = plan.slots[slot]
                return filter.admits(facts) == false
            }
        }
        var match = PageMatch(header: header, event: event, result: result, slots: slots)
        if filter.needsExceptions, !slots.isEmpty {
            match.slots = try rows(of: match).filter { admits($0, facts) }.map(\.id.slot)
        }
        return match.slots.isEmpty ? nil : match
    }

    private func admits(_ row: DeliveryRow, _ page: DeliveryFacts) -> Bool {
        var facts = page
        facts.add(row)
        return filter.admits(facts) ?? false
    }

    /// Kept for the event that was asked for last: its pages mostly follow one another.
    private func references(of event: StoredEvent) throws -> [String] {
        if let last = lastReferences, last.event == event.id { return last.words }
        let words = try reader.references(of: event)
        cost.contents += 1
        lastReferences = (event.id, words)
        return words
    }

    /// Persons of the deliveries of a match, in their order. Decodes the plan.
    package func persons(of match: PageMatch) throws -> [PersonID] {
        let plan = try plan(of: match.header.id)
        guard plan.slots.count == match.result.count else {
            throw StoreError.damaged("page \(match.header.id.rawValue): plan and result differ in length")
        }
        return match.slots.map { plan.slots[$0].person }
    }

    private func plan(of page: PageID) throws -> Plan {
        if let plan, plan.page == page { return plan.plan }
        let read = try reader.connection.first(InspectionSQL.plan.rawValue, page.rawValue) { row in
            try row.withBlob(0) { try Plan(decoding: $0) }
        }
        cost.plans += 1
        guard let read else { throw StoreError.damaged("page \(page.rawValue) has no plan") }
        plan = (page, read)
        return read
    }

    private func exceptions(of match: PageMatch) throws -> PageExceptions {
        // What is pending has left no row, and what was accepted at once neither.
        guard match.slots.contains(where: { match.result[$0].hasLeftRows }) else { return PageExceptions() }
        if let exceptions, exceptions.page == match.header.id { return exceptions.rows }
        let rows = try reader.exceptions(of: match.header.id)
        exceptions = (match.header.id, rows)
        return rows
    }

    private func event(_ id: EventID) throws -> StoredEvent? {
        if let known = events[id] { return known }
        if events.count >= 1000 { events.removeAll(keepingCapacity: true) }
        let event = try reader.event(id)
        events[id] = .some(event)
        return event
    }
}

// MARK: Which pages

extension DeliveryScan {
    private func nextHeader() throws -> PageHeader? {
        if candidates == nil, nextID == nil {
            candidates = try findCandidates()?.sorted()
            if candidates == nil { nextID = after?.page.rawValue ?? 0 }
        }
        guard let candidates else { return try nextOfAll() }
        while position < candidates.count {
            let id = candidates[position]
            position += 1
            guard after.map({ id >= $0.page }) ?? true else { continue }
            cost.headers += 1
            if let header = try reader.header(of: id) { return header }
        }
        return nil
    }

    private func nextOfAll() throws -> PageHeader? {
        if let header = slice.popFirst() { return header }
        guard let start = nextID, start != .max else { return nil }
        let headers = try reader.connection.all(
            InspectionSQL.headers.rawValue,
            start,
            Self.sliceRows,
            row: PageHeader.init
        )
        cost.headers += headers.count
        nextID = headers.count == Self.sliceRows ? headers.last.map { $0.id.rawValue + 1 } : .max
        slice = headers[...]
        return slice.popFirst()
    }

    /// nil: every page may hold one.
    private func findCandidates() throws -> Set<PageID>? {
        if let event = filter.event {
            let ids = try reader.connection.all(QueueSQL.pagesOfEvent.rawValue, event.rawValue) {
                PageID(rawValue: $0.int64(0))
            }
            cost.headers += ids.count
            return Set(ids)
        }
        guard !filter.states.isEmpty, filter.states.isSubset(of: [.pending, .deferred, .dead, .held]) else {
            return nil
        }
        var pages: Set<PageID> = []
        if filter.states.contains(.pending) { pages.formUnion(try openPages()) }
        if filter.states.contains(.deferred) { try add(.retryDeliveries, to: &pages) }
        if filter.states.contains(.dead) { try add(.deadDeliveries, to: &pages) }
        if filter.states.contains(.held) { try add(.heldDeliveries, to: &pages) }
        return pages
    }

    private func openPages() throws -> Set<PageID> {
        var pages: Set<PageID> = []
        for lane in filter.lanes?.map({ Optional($0) }) ?? [nil] {
            var last: (lane: Int64, tag: Int64, id: Int64)? = (lane.map { Int64($0.rawValue) } ?? 0, .min, 0)
            while let cursor = last {
                last = nil
                var count = 0
                let take: (borrowing Row) -> Void = { row in
                    pages.insert(PageID(rawValue: row.int64(0)))
                    last = (row.int64(1), row.int64(2), row.int64(0))
                    count += 1
                }
                if lane == nil {
                    try reader.connection.query(
                        InspectionSQL.openPages.rawValue,
                        cursor.lane,
                        cursor.tag,
                        cursor.id,
                        Self.sliceRows,
                        row: take
                    )
                } else {
                    try reader.connection.query(
                        InspectionSQL.openPagesOfLane.rawValue,
                        cursor.lane,
                        cursor.tag,
                        cursor.id,
                        Self.sliceRows,
                        row: take
                    )
                }
                cost.headers += count
                if count < Self.sliceRows { break }
            }
        }
        return pages
    }

    private func add(_ statement: InspectionSQL, to pages: inout Set<PageID>) throws {
        var last: Int64? = after.map { DeliveryID(page: $0.page, slot: 0).rawValue - 1 } ?? -1
        while let cursor = last {
            last = nil
            var count = 0
            try reader.connection.query(statement.rawValue, cursor, Self.sliceRows) { row in
                let lane = LaneID(rawValue: Int32(truncatingIfNeeded: row.int64(1)))
                if filter.lanes?.contains(lane) ?? true { pages.insert(DeliveryID(rawValue: row.int64(0)).page) }
                last = row.int64(0)
                count += 1
            }
            cost.headers += count
            if count < Self.sliceRows { break }
        }
    }
}

extension SlotResult {
    /// True when `retry`, `dead` or `attempt` may hold rows of it.
    var hasLeftRows: Bool {
        switch state {
        case .pending, .withheld: false
        case .accepted: attempts > 1
        case .deferred, .rejected, .expired, .dead, .dropped, .held: true
        }
    }
}
