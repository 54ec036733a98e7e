import Database
package import Domain

extension QueueReader {
    /// The events that concerned a person, accepted from `since` until before `until`, newest first. Of a known person; for a name only
    /// events know, see ``QueueFilter/User/unknown(_:)``.
    ///
    /// Events a person wrote are not among them: the author has no place in a page. Cost: the headers of the pages of that time by
    /// index page_event (an hour at a time, each statement with a snapshot of its own), and one or two blobs for each event.
    /// What cannot be read is noted and left out. `laneReason` says why what is pending on a lane does not move; nil while it moves.
    package func events(
        concerning user: QueueFilter.User,
        since: Instant,
        until: Instant,
        max: Int,
        laneReason: (LaneID) -> Reason?
    ) throws -> [PersonalEvent] {
        var found: [PersonalEvent] = []
        var end = until
        while end > since, found.count < max {
            let start = Swift.max(since, end + .seconds(-3600))
            let ids: [EventID: [PageID]]
            switch user {
            case .known(let person): ids = try pages(of: person, from: start, until: end)
            case .unknown(let name): ids = try pages(ofUnknown: name, from: start, until: end)
            }
            for id in ids.keys.sorted(by: >) where found.count < max {
                guard let event = try readable(.event, id.rawValue, { try event(id) }),
                    let person = user.person(in: event)
                else { continue }
                var rows: [DeliveryRow] = []
                for page in ids[id] ?? [] {
                    rows += try readable(.page, page.rawValue) { try self.rows(of: person, in: page, event) } ?? []
                }
                guard !rows.isEmpty else { continue }
                let standing = EventReport.Standing.of(
                    rows.map { ($0.lane, $0.result) },
                    role: .guardian,
                    laneReason: laneReason
                )
                found.append(PersonalEvent(event: event, standing: standing, rows: rows))
            }
            end = start
        }
        return found
    }

    /// nil for what cannot be read, which is noted.
    private func readable<T>(_ table: UnreadableRowError.Table, _ id: Int64, _ read: () throws -> T?) throws -> T? {
        do { return try read() } catch {
            guard let cause = UnreadableRowError.Cause(error) else { throw error }
            unreadable.note(UnreadableRowError(table, id, cause))
            return nil
        }
    }

    private func rows(of person: PersonID, in id: PageID, _ event: StoredEvent) throws -> [DeliveryRow] {
        guard let header = try header(of: id), let page = try page(id) else { return [] }
        let slots = page.plan.slots.indices.filter { page.plan.slots[$0].person == person }
        guard !slots.isEmpty else { return [] }
        let match = PageMatch(header: header, event: event, result: page.result, slots: slots)
        return match.rows(plan: page.plan, try exceptions(of: id))
    }

    private func pages(of person: PersonID, from: Instant, until: Instant) throws -> [EventID: [PageID]] {
        var pages: [EventID: [PageID]] = [:]
        let ids = try connection.all(
            InspectionSQL.pagesOfPerson.rawValue,
            from.milliseconds << 20,
            until.milliseconds << 20,
            person.rawValue
        ) { PageID(rawValue: $0.int64(0)) }
        for id in ids.sorted() { if let header = try header(of: id) { pages[header.event, default: []].append(id) } }
        return pages
    }

    private func pages(ofUnknown name: String, from: Instant, until: Instant) throws -> [EventID: [PageID]] {
        var pages: [EventID: [PageID]] = [:]
        let events = try connection.all(
            InspectionSQL.eventsWithUnknown.rawValue,
            from.milliseconds << 20,
            until.milliseconds << 20
        ) { row in try row.result(.event, row.int64(0), Self.event) }
        unreadable.note(events.compactMap(\.failure))
        for event in events.compactMap(\.value) where event.unknownUsers.contains(name) {
            pages[event.id] = try connection.all(QueueSQL.pagesOfEvent.rawValue, event.id.rawValue) {
                PageID(rawValue: $0.int64(0))
            }
        }
        return pages
    }
}
