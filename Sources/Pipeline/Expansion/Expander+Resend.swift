import Delivery
import Domain
import Store

/// Rings those of an event who were not reached once more: with the devices, rights and wishes of this moment.
extension Expander {
    /// Whom a resend would ring, and by how many deliveries.
    struct Missing: Sendable {
        var persons = 0
        var deliveries = 0
    }

    /// Reads what a resend needs of an event; nil when it does not exist.
    func resend(of id: EventID) throws(StoreError) -> Resend? {
        do { return try Resend(id, self) } catch { throw StoreError(error) }
    }

    /// Counts what a resend would do. Reads all pages of the event.
    ///
    /// - Returns: nil for an event that does not exist.
    func missing(of id: EventID) throws(StoreError) -> Missing? {
        do {
            guard let resend = try resend(of: id) else { return nil }
            var missing = Missing()
            for part in 0..<resend.event.parts {
                for person in try resend.rung(part: part, above: PersonID(rawValue: .min), self).routes {
                    missing.persons += 1
                    missing.deliveries += person.routes.count
                }
            }
            return missing
        } catch { throw StoreError(error) }
    }

    /// One commit of a resend: some persons behind `cursor`.
    ///
    /// - Returns: where the next step goes on; nil at the end, also when the event was withdrawn, replaced or pruned.
    func resend(
        _ resend: Resend,
        operation: Int64,
        behind cursor: Resend.Cursor
    ) async throws(StoreError) -> Resend.Cursor? {
        let now = time.now()
        for part in cursor.part..<max(cursor.part, resend.event.parts) {
            var rung: Resend.Rung
            do { rung = try resend.rung(part: part, above: cursor.person, self) } catch { throw StoreError(error) }
            guard let last = rung.last else { continue }
            if !rung.unopened.isEmpty {
                try await open(rung.unopened)
                do { rung = try resend.rung(part: part, above: cursor.person, self) } catch { throw StoreError(error) }
            }
            var cutter = PageCutter()
            for person in rung.routes { cutter.add(person, hasExpired: false) }
            var step = ResendStep(
                operation: operation,
                event: resend.event.id,
                part: part,
                pages: cutter.pages(),
                last: last,
                expiresAt: resend.expiry(now: now),
                isUrgent: resend.event.urgency == .urgent
            )
            let weight = Scheduler.weight(
                resend.event.urgency,
                deliveries: step.pages.reduce(0) { $0 + $1.plan.slots.count }
            )
            let flows = step.pages.map {
                (Scheduler.Flow(lane: $0.lane, school: resend.event.school ?? "", weight: weight), $0.plan.slots.count)
            }
            for (page, tag) in zip(step.pages.indices, await dispatcher.tags(for: flows)) { step.pages[page].tag = tag }
            guard let entries = try await queue.append(step, now: now) else { return nil }
            await dispatcher.add(entries)
            return Resend.Cursor(part: part, person: last)
        }
        return nil
    }
}

/// A resend under way: an event whose text was read once. Its audience is read along with the persons looked at.
struct Resend {
    let event: StoredEvent
    private let publication: Publication
    private let audience: AudienceReading
    private let withheldForAll: Reason?

    /// Behind which persons it goes on.
    struct Cursor: Sendable {
        var part: Int
        var person: PersonID
    }

    /// Persons of one expansion step to be rung.
    struct Rung {
        /// With at least one delivery each, all pending.
        var routes: [Resolver.Resolved] = []
        /// The last person that was looked at, rung or not; nil when there is none.
        var last: PersonID?
        /// Push services whose lanes have to be opened first.
        var unopened: Set<LaneKey> = []
    }

    /// nil for an event that does not exist.
    init?(_ id: EventID, _ expander: isolated Expander) throws {
        guard let row = try expander.reader.eventsWithText([id])[id] else { return nil }
        (event, publication) = try row.get()
        let resolver = expander.resolver(now: expander.time.now())
        audience = try resolver.audience(
            of: publication,
            acceptedAt: event.acceptedAt,
            schools: expander.publisherSchools(event.publisher)
        )
        withheldForAll = try resolver.withheldForAll(publication)
    }

    /// The next persons of an expansion step who were not reached, still are concerned and can be rung.
    func rung(part: Int, above cursor: PersonID, _ expander: isolated Expander) throws -> Rung {
        let missing = try expander.reader.notReached(of: event.id, part: part)
            .drop { $0 <= cursor }
            .prefix(expander.limits.personsPerExpansion)
        var rung = Rung(last: missing.last)
        let resolver = expander.resolver(now: expander.time.now())
        let known = missing.filter { $0.unknownIndex == nil }
        let standing = try expander.registry.standing(for: known)
        let persons = try concerned(among: known.filter { standing[$0] == nil }, expander.registry)
        // Of several records that have become one person the first counts, and none when the event has that person, too.
        var taken: Set<PersonID> = []
        let wanted: [(PersonID, Audience.Person)] = try missing.compactMap { number in
            if let index = number.unknownIndex { return try found(index, expander).map { (number, $0) } }
            guard let id = standing[number] else { return persons[number].map { (number, $0) } }
            guard taken.insert(id).inserted, try !isKnown(id, expander) else { return nil }
            return try concerned(among: [id], expander.registry)[id].map { (number, $0) }
        }
        let now = expander.time.now()
        let resolved = try resolver.routes(
            of: wanted.map(\.1),
            in: publication,
            withheldForAll: withheldForAll,
            now: now
        )
        for ((number, _), var resolved) in zip(wanted, resolved) {
            rung.unopened.formUnion(resolved.unopened)
            resolved.routes.removeAll { $0.ending != nil || $0.lane == .nowhere }
            guard resolved.withheld == nil, !resolved.routes.isEmpty else { continue }
            // Found or not, the event knows him or her by this number.
            resolved.person.person = number
            rung.routes.append(resolved)
        }
        return rung
    }

    /// Those of these persons, sorted, whom the audience has now. Reads it from the first of them to the last.
    private func concerned(
        among persons: [PersonID],
        _ registry: RegistryReader
    ) throws -> [PersonID: Audience.Person] {
        guard let first = persons.first, let last = persons.last else { return [:] }
        let wanted = Set(persons)
        var found: [PersonID: Audience.Person] = [:]
        try registry.snapshot { registry in
            var audience = audience.restarted(above: PersonID(rawValue: first.rawValue - 1))
            while !audience.isAtEnd {
                let next = try audience.next(max: persons.count, from: registry)
                for person in next where wanted.contains(person.person) { found[person.person] = person }
                guard let end = next.last, end.person < last else { break }
            }
        }
        return found
    }

    /// Who it is that nobody knew when the event came, by the place in ``StoredEvent/unknownUsers``; nil for whom still nobody knows, and for
    /// whoever the event concerns under another number, too.
    private func found(_ index: Int, _ expander: isolated Expander) throws -> Audience.Person? {
        let names = event.unknownUsers
        guard names.indices.contains(index), let id = try expander.registry.person(names[index])?.id,
            try !isKnown(id, expander)
        else { return nil }
        // Two accounts of one person: the first counts.
        guard try !names[..<index].contains(where: { try expander.registry.person($0)?.id == id }) else { return nil }
        return try concerned(among: [id], expander.registry)[id]
    }

    /// Whether the event has somebody under this number.
    private func isKnown(_ id: PersonID, _ expander: isolated Expander) throws -> Bool {
        let before = PersonID(rawValue: id.rawValue - 1)
        return try expander.reader.persons(of: event.id, after: before, limit: 1) { _ in nil }.first?.person == id
    }

    /// The event's time to live, from now on.
    func expiry(now: Instant) -> Instant {
        let lifetime = event.expiresAt.milliseconds - (event.notBefore ?? event.acceptedAt).milliseconds
        return max(event.expiresAt, Instant(milliseconds: now.milliseconds + max(lifetime, 60_000)))
    }
}
