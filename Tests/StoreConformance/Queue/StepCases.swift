import Database
import Domain
import Store
import Testing

/// One step of an expansion: its pages, who is concerned and the cursor, or nothing.
enum StepCases {
    static let all = [
        StoreCase("a step commits its pages, who is concerned, and the cursor", committed),
        StoreCase("a step the cursor does not wait for changes nothing", refused),
        StoreCase("an event of which nobody gets anything is done at once", nobody),
        StoreCase("an event's report adds up, and tells of pupils", report),
    ]

    private static let now = StorePlace.start

    private static func committed(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let lanes = [LaneID.two, .one]
            let first = ExpansionStep.sample(event, persons: 1...300, lanes: lanes, isLast: false)
            let entries = try #require(try await queue.append(first, now: now))
            #expect(entries.map(\.lane) == lanes && entries.map(\.count) == [300, 300])
            let reader = try place.stores.queueReader()
            let stored = try #require(try reader.event(event))
            #expect(stored.state == .expanding && stored.cursor == 300 && stored.parts == 1)
            #expect(stored.pupils == 300 && stored.unknownUsers == ["nobody"])
            let page = try #require(try reader.page(entries[0].page))
            #expect(page.event == event && page.lane == .two && page.expiresAt == now + .seconds(3600))
            #expect(page.plan == first.pages[0].plan && page.result.pendingCount == 300 && page.part == 0)
            _ = try await queue.append(.sample(event, part: 1, persons: 301...310, lanes: lanes), now: now)
            #expect(try reader.event(event)?.state == .sending)
            let report = try #require(try reader.report(on: event) { _ in nil })
            #expect(report.persons.map(\.person.rawValue) == Array(1...310))
            #expect(report.persons[0].through == [PersonID(rawValue: 50_001)])
            #expect(report.deliveries.total == 620 && report.deliveries.pending == 620)
        }
    }

    private static func refused(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            _ = try await queue.append(.sample(event, persons: 1...10, isLast: false), now: now)
            let reader = try place.stores.queueReader()
            for part in [0, 2, -1] {
                let entries = try await queue.append(.sample(event, part: part, persons: 11...20), now: now)
                #expect(entries == nil)
            }
            for state in [EventState.held, .withdrawn, .done, .sending] {
                try place.session().run("UPDATE event SET state = ? WHERE id = ?", state.rawValue, event.rawValue)
                let entries = try await queue.append(.sample(event, part: 1, persons: 11...20), now: now)
                #expect(entries == nil)
            }
            let unknown = try await queue.append(.sample(EventID(rawValue: 5), persons: 1...2), now: now)
            #expect(unknown == nil)
            #expect(try reader.event(event)?.cursor == 10)
            #expect(try reader.openPages().count == 1)
        }
    }

    private static func nobody(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            var step = ExpansionStep.sample(event, persons: 1...3, lanes: [.nowhere])
            step.pages[0].result = PageResult(
                [.noDevice, .optedOut, .author].map { SlotResult(.withheld, reason: $0) }
            )
            let entries = try await queue.append(step, now: now + .seconds(1))
            #expect(entries == [])
            let reader = try place.stores.queueReader()
            let report = try #require(try reader.report(on: event) { _ in nil })
            #expect(report.event.state == .done && report.event.doneAt == now + .seconds(1))
            #expect(report.deliveries.withheld == 3 && report.deliveries.total == 3)
            #expect(
                report.persons.map(\.standing)
                    == [Reason.noDevice, .optedOut, .author].map { EventReport.Standing.notReached($0) }
            )
            let empty = try await queue.post(.sample("b")).id
            var none = ExpansionStep.sample(empty, persons: 1...1)
            none.pages = []
            none.concerned = ConcernedPersons(entries: [])
            _ = try await queue.append(none, now: now)
            let nothing = try #require(try reader.report(on: empty) { _ in nil })
            #expect(nothing.event.state == .done && nothing.persons.isEmpty && nothing.deliveries.total == 0)
            #expect(try reader.report(on: EventID(rawValue: 7)) { _ in nil } == nil)
        }
    }

    private static func report(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            var step = ExpansionStep.sample(event, persons: 1...6)
            let pupils = [[1], [1, 2], [2], [3], [4], [5]].map { $0.map { PersonID(rawValue: $0) } }
            for (index, through) in pupils.enumerated() { step.concerned.entries[index].through = through }
            step.concerned.entries.append(
                .init(person: PersonID(rawValue: 9), role: .pupilWithoutGuardian, through: [])
            )
            let page = try #require(try await queue.append(step, now: now)?.first).page
            var generic = SlotResult.accepted(attempts: 1, latencyMilliseconds: 1)
            generic.isSentAsGeneric = true
            try await queue.record(
                [
                    .accepted(page, 0), .rejected(page, 1), Outcome(page: page, slot: 2, result: generic),
                    Outcome(page: page, slot: 3, result: .acceptedInRecap), .deferred(page, 4, until: now),
                ],
                now: now
            )
            let report = try #require(try place.stores.queueReader().report(on: event) { _ in .laneClosed })
            let sums = report.deliveries
            #expect([sums.accepted, sums.rejected, sums.deferred, sums.pending, sums.total] == [3, 1, 1, 1, 6])
            #expect(report.pupilCounts() == (withReachedGuardian: 3, withAllGuardiansReached: 1))
            #expect(report.sentAsGeneric == 1 && report.inRecap == 1 && report.guardians.count == 6)
            #expect(report.pupilsWithoutGuardian == [PersonID(rawValue: 9)])
            #expect(report.persons.last?.standing == .waiting(.laneClosed))
        }
    }
}
