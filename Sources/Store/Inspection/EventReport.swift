import Database
package import Domain

/// How one event stands: per person and in sums, computed from plans and results, so that it always adds up.
package struct EventReport: Sendable {
    package typealias Standing = Domain.Standing

    package struct Person: Sendable {
        package var person: PersonID
        package var role: ConcernedPersons.Role
        package var through: [PersonID]
        package var standing: Standing
        package var deliveries: [Delivery]

        /// When quiet hours end for the first of the deliveries that wait for that.
        package var opensAt: Instant? { deliveries.compactMap(\.opensAt).min() }
    }

    package struct Delivery: Sendable {
        package var id: DeliveryID
        package var device: DeviceID
        package var lane: LaneID
        package var result: SlotResult
        /// When quiet hours end; nil when it does not wait for that.
        package var opensAt: Instant?
    }

    /// `withheld` counts persons who get nothing; one who was rung by a resend is none of them.
    package struct Sums: Sendable, Equatable {
        package var total = 0
        package var accepted = 0
        package var pending = 0
        package var deferred = 0
        package var rejected = 0
        package var expired = 0
        package var withheld = 0

        package init() {}
    }

    package var event: StoredEvent
    /// Guardians and other users, sorted by person; empty until the first expansion step.
    package var persons: [Person]
    package var pupilsWithoutGuardian: [PersonID]
    package var deliveries: Sums
    /// Pages that cannot be read; their deliveries are in no sum, and who has no other is `notReached` for ``Reason/unreadable``.
    package var unreadable: [UnreadableRowError] = []
    /// The order that withdrew it; nil while nobody did.
    package var withdrawal: StoredOperation?

    /// Accepted deliveries that one message for several events announced.
    package var inRecap: Int {
        persons.reduce(0) { $0 + $1.deliveries.count { $0.result == .acceptedInRecap } }
    }

    /// Accepted deliveries of class `encrypted` to phones without keys.
    package var sentAsGeneric: Int {
        persons.reduce(0) { $0 + $1.deliveries.count { $0.result.isSentAsGeneric } }
    }

    package var guardians: [Person] { persons.filter { $0.role == .guardian } }

    /// Pupils of the audience with at least one, and with all of their concerned guardians reached.
    package func pupilCounts() -> (withReachedGuardian: Int, withAllGuardiansReached: Int) {
        var some: Set<PersonID> = []
        var notAll: Set<PersonID> = []
        var all: Set<PersonID> = []
        for person in persons where person.role == .guardian {
            all.formUnion(person.through)
            if person.standing.isReached { some.formUnion(person.through) } else { notAll.formUnion(person.through) }
        }
        return (some.count, all.subtracting(notAll).count)
    }
}

extension QueueReader {
    /// `laneReason`: why what is pending on a lane does not move; nil while it moves.
    /// A page that cannot be read is named in the report. Returns nil for an unknown id. Cost: reads every page of the event, about 1.5 ms per 10,000 deliveries.
    package func report(on id: EventID, laneReason: (LaneID) -> Reason?) throws -> EventReport? {
        guard let event = try event(id) else { return nil }
        var deliveries: [PersonID: [EventReport.Delivery]] = [:]
        var sums = EventReport.Sums()
        let pages = try connection.all(QueueSQL.pagesOfEvent.rawValue, id.rawValue) {
            PageID(rawValue: $0.int64(0))
        }
        var unreadable: [UnreadableRowError] = []
        let openings = try openings(of: id)
        let read = try self.pages(pages)
        for id in pages {
            switch read[id] {
            case .success(let page):
                page.add(to: &deliveries, openings)
                for slot in 0..<page.result.count { sums.count(page.result[slot]) }
            case .failure(let row): unreadable.append(row)
            case nil: break
            }
        }
        sums.withheld -= deliveries.values.count { $0.count > 1 && $0.contains { $0.result.state == .withheld } }
        sums.total = sums.accepted + sums.pending + sums.deferred + sums.rejected + sums.expired + sums.withheld
        var persons: [EventReport.Person] = []
        var pupilsWithoutGuardian: [PersonID] = []
        try connection.query(QueueSQL.concerned.rawValue, id.rawValue) { row in
            let entries = try row.result(.event, id.rawValue) { row in
                try row.withBlob(0) { try ConcernedPersons(decoding: $0).entries }
            }
            if let failure = entries.failure { unreadable.append(failure) }
            for entry in entries.value ?? [] {
                if entry.role == .pupilWithoutGuardian {
                    pupilsWithoutGuardian.append(entry.person)
                } else {
                    let own = deliveries[entry.person] ?? []
                    persons.append(EventReport.Person(entry, own, isUnreadable: !unreadable.isEmpty, laneReason))
                }
            }
        }
        return EventReport(
            event: event,
            persons: persons,
            pupilsWithoutGuardian: pupilsWithoutGuardian,
            deliveries: sums,
            unreadable: unreadable,
            withdrawal: try event.withdrawal.flatMap { try operation($0) }
        )
    }
}

extension EventReport.Person {
    /// `isUnreadable`: deliveries of this person may be on a page that cannot be read.
    init(
        _ entry: ConcernedPersons.Entry,
        _ deliveries: [EventReport.Delivery],
        isUnreadable: Bool,
        _ laneReason: (LaneID) -> Reason?
    ) {
        let isLost = deliveries.isEmpty && isUnreadable && entry.role != .author
        self.init(
            person: entry.person,
            role: entry.role,
            through: entry.through,
            standing: isLost
                ? .notReached(.unreadable)
                : .of(deliveries.map { ($0.lane, $0.result) }, role: entry.role, laneReason: laneReason),
            deliveries: deliveries
        )
    }
}

extension StoredPage {
    /// Its slots, by the persons they are for.
    func add(to deliveries: inout [PersonID: [EventReport.Delivery]], _ openings: [DeliveryID: Instant]) {
        for (slot, planned) in plan.slots.enumerated() {
            deliveries[planned.person, default: []].append(
                EventReport.Delivery(
                    id: DeliveryID(page: id, slot: slot),
                    device: planned.device,
                    lane: lane,
                    result: result[slot],
                    opensAt: openings[DeliveryID(page: id, slot: slot)]
                )
            )
        }
    }
}

extension EventReport.Sums {
    /// Dead and dropped are rejected for good, and what is held waits as the deferred do: the sums of the API have no other place for them.
    package mutating func count(_ result: SlotResult) {
        total += 1
        switch result.state {
        case .pending: pending += 1
        case .accepted: accepted += 1
        case .deferred, .held: deferred += 1
        case .rejected, .dead, .dropped: rejected += 1
        case .expired: expired += 1
        case .withheld: withheld += 1
        }
    }
}
