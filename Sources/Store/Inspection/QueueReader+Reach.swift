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
        let spans = try connection.all(InspectionSQL.spansOfEvent.rawValue, event.rawValue) { row in
            Span(
                page: PageID(rawValue: row.int64(0)),
                part: row.int(1),
                first: PersonID(rawValue: row.int64(2)),
                last: PersonID(rawValue: row.int64(3))
            )
        }
        // A step has only persons above those of the steps before it.
        let start = spans.filter { $0.first <= after }.map(\.part).max() ?? 0
        let openings = try openings(of: event)
        var found: [EventReport.Person] = []
        for part in start..<max(start, parts) where found.count < limit {
            let concerned = try connection.first(InspectionSQL.concernedOfPart.rawValue, event.rawValue, part) { row in
                try row.result(.event, event.rawValue) { row in
                    try row.withBlob(0) { try ConcernedPersons(decoding: $0) }
                }
            }
            if let failure = concerned?.failure { unreadable.note(failure) }
            let entries =
                concerned?.value?.entries.filter { $0.role != .pupilWithoutGuardian && $0.person > after } ?? []
            guard !entries.isEmpty else { continue }
            var deliveries: [PersonID: [EventReport.Delivery]] = [:]
            let wanted = spans.filter { $0.part == part && $0.last > after }.map(\.page)
            let pages = try pages(wanted)
            for page in wanted { pages[page]?.value?.add(to: &deliveries, openings) }
            let damaged = wanted.compactMap { pages[$0]?.failure }
            unreadable.note(damaged)
            for entry in entries where found.count < limit {
                let person = EventReport.Person(
                    entry,
                    deliveries[entry.person] ?? [],
                    isUnreadable: !damaged.isEmpty,
                    laneReason
                )
                if isWanted(person.standing) { found.append(person) }
            }
        }
        return found
    }

    /// The persons a page is about.
    private struct Span {
        var page: PageID
        var part: Int
        var first: PersonID
        var last: PersonID
    }
}
