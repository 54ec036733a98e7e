import Database
package import Domain

extension QueueReader {
    /// Persons an event concerns, above `after` and in the order of their numbers, of which `isWanted` holds; at most `limit`.
    ///
    /// A page that cannot be read is noted; who has no other delivery is `notReached` for ``Reason/unreadable``.
    /// A number never changes its place, so pages of an answer neither repeat nor skip anybody while the event goes on. Reads an expansion
    /// step at a time (``Limits/personsPerExpansion``) and only pages that can hold somebody above `after`.
    ///
    /// - Parameters:
    ///   - event: whose persons.
    ///   - after: the last person of the answer before; nil at the beginning.
    ///   - limit: how many persons are returned at most.
    ///   - laneReason: why what is pending on a lane does not move; nil while it moves.
    ///   - isWanted: which standings are asked for.
    /// - Returns: nobody of an event that does not exist.
    /// - Throws: what is wrong with the store, not with one row of it.
    package func persons(
        of event: EventID,
        after: PersonID?,
        limit: Int,
        laneReason: (LaneID) -> Reason?,
        where isWanted: (EventReport.Standing) -> Bool = { _ in true }
    ) throws -> [EventReport.Person] {
        guard let parts = try self.event(event)?.parts else { return [] }
        let after = after ?? PersonID(rawValue: .min)
        let spans = try spans(of: event)
        // A step has only persons above those of the steps before it.
        let start = spans.filter { $0.first <= after }.map(\.part).max() ?? 0
        var found: [EventReport.Person] = []
        for part in start..<max(start, parts) where found.count < limit {
            let wanted = spans.filter { $0.part == part && $0.last > after }.map(\.page)
            let persons = try persons(of: event, part: part, after: after, on: wanted, laneReason)
            for person in persons where found.count < limit && isWanted(person.standing) { found.append(person) }
        }
        return found
    }

    /// Persons of one expansion step who were not reached and for whom nothing waits, in the order of their numbers; nobody of a step
    /// that does not exist. A page that cannot be read is noted, and nobody who may be on it is named: he or she may have been rung.
    package func notReached(of event: EventID, part: Int) throws -> [PersonID] {
        let pages = try spans(of: event).filter { $0.part == part }.map(\.page)
        return try persons(of: event, part: part, after: PersonID(rawValue: .min), on: pages) { _ in nil }
            .filter { person in
                guard case .notReached(let reason) = person.standing else { return false }
                return reason != .author && reason != .unreadable
            }
            .map(\.person)
    }

    private func persons(
        of event: EventID,
        part: Int,
        after: PersonID,
        on wanted: [PageID],
        _ laneReason: (LaneID) -> Reason?
    ) throws -> [EventReport.Person] {
        let concerned = try concerned(of: event, part: part)
        if let failure = concerned.failure { unreadable.note(failure) }
        let entries = concerned.value?.entries.filter { $0.role != .pupilWithoutGuardian && $0.person > after } ?? []
        guard !entries.isEmpty else { return [] }
        var deliveries: [PersonID: [EventReport.Delivery]] = [:]
        let openings = try openings(of: event)
        let pages = try pages(wanted)
        for page in wanted { pages[page]?.value?.add(to: &deliveries, openings) }
        let damaged = wanted.compactMap { pages[$0]?.failure }
        unreadable.note(damaged)
        return entries.map { entry in
            EventReport.Person(entry, deliveries[entry.person] ?? [], isUnreadable: !damaged.isEmpty, laneReason)
        }
    }

    private func spans(of event: EventID) throws -> [Span] {
        try connection.all(InspectionSQL.spansOfEvent.rawValue, event.rawValue) { row in
            Span(
                page: PageID(rawValue: row.int64(0)),
                part: row.int(1),
                first: PersonID(rawValue: row.int64(2)),
                last: PersonID(rawValue: row.int64(3))
            )
        }
    }

    /// The persons a page is about.
    private struct Span {
        var page: PageID
        var part: Int
        var first: PersonID
        var last: PersonID
    }
}
