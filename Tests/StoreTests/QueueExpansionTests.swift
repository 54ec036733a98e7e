import Database
import Domain
import SQLite
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct QueueExpansionTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    @Test func `a step commits its pages, who is concerned, and the cursor`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let lanes = [LaneID(rawValue: 2), LaneID(rawValue: 1)]
            let first = try await queue.append(
                .sample(event, persons: 1...300, lanes: lanes, isLast: false),
                now: now
            )
            let entries = try #require(first)
            #expect(entries.map(\.lane) == lanes && entries.map(\.count) == [300, 300])

            let reader = try folder.reader()
            let stored = try #require(try reader.event(event))
            #expect(stored.state == .expanding && stored.cursor == 300 && stored.parts == 1)
            #expect(stored.pupils == 300 && stored.unknownUsers == ["nobody"])
            let page = try #require(try reader.page(entries[0].page))
            #expect(page.event == event && page.lane == lanes[0] && page.expiresAt == now + .seconds(3600))
            #expect(page.plan.slots.count == 300 && page.result.pendingCount == 300)

            _ = try await queue.append(.sample(event, part: 1, persons: 301...310, lanes: lanes), now: now)
            #expect(try reader.event(event)?.state == .sending)
            let open = try reader.openPages()
            #expect(open.count == 4 && Array(open.prefix(2)).map(\.lane.rawValue) == [1, 1])
            let report = try #require(try reader.report(on: event) { _ in nil })
            #expect(report.persons.map(\.person.rawValue) == Array(1...310))
            #expect(report.persons[0].through == [PersonID(rawValue: 50_001)])
            #expect(report.deliveries.total == 620 && report.deliveries.pending == 620)
        }
    }

    @Test(arguments: [0, 2, -1])
    func `a step the cursor does not wait for changes nothing`(part: Int) async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            _ = try await queue.append(.sample(event, persons: 1...10, isLast: false), now: now)

            let refused = try await queue.append(.sample(event, part: part, persons: 11...20), now: now)

            #expect(refused == nil)
            #expect(try folder.reader().event(event)?.cursor == 10)
            #expect(try folder.reader().openPages().count == 1)
        }
    }

    @Test(arguments: [EventState.held, .withdrawn, .done, .sending])
    func `an event that is held, withdrawn or over takes no step`(state: EventState) async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            try folder.intruder().run("UPDATE event SET state = ? WHERE id = ?", state.rawValue, event.rawValue)

            let refused = try await queue.append(.sample(event, persons: 11...20), now: now)

            #expect(refused == nil)
            #expect(try folder.reader().openPages().isEmpty)
            #expect(try folder.reader().event(event)?.state == state)
        }
    }

    @Test func `a step to an event nobody knows is refused`() async throws {
        try await folder.queue { queue async throws in
            let refused = try await queue.append(.sample(EventID(rawValue: 5), persons: 1...2), now: now)
            #expect(refused == nil)
        }
    }

    @Test func `an event of which nobody gets anything is done at once`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            var step = ExpansionStep.sample(event, persons: 1...3, lanes: [.nowhere])
            step.pages[0].result = PageResult(
                [.noDevice, .optedOut, .author].map { SlotResult(.withheld, reason: $0) }
            )
            let entries = try await queue.append(step, now: now + .seconds(1))

            #expect(entries == [])
            let report = try #require(try folder.reader().report(on: event) { _ in nil })
            #expect(report.event.state == .done && report.event.doneAt == now + .seconds(1))
            #expect(report.deliveries.withheld == 3 && report.deliveries.total == 3)
            #expect(
                report.persons.map(\.standing) == [
                    .notReached(.noDevice), .notReached(.optedOut), .notReached(.author),
                ]
            )
        }
    }

    @Test func `an event without anybody is done at once`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            var step = ExpansionStep.sample(event, persons: 1...1)
            step.pages = []
            step.concerned = ConcernedPersons(entries: [])
            _ = try await queue.append(step, now: now)
            let report = try #require(try folder.reader().report(on: event) { _ in nil })
            #expect(report.event.state == .done && report.persons.isEmpty && report.deliveries.total == 0)
        }
    }

    @Test func `a damaged page is a typed error, not a trap`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let page = try #require(try await queue.append(.sample(event, persons: 1...5), now: now)?.first).page
            let intruder = try folder.intruder()
            let reader = try folder.reader()
            try intruder.run("UPDATE result SET slots = zeroblob(4) WHERE page = ?", page.rawValue)
            #expect(throws: UnreadableRow.self) { try reader.page(page) }
            try intruder.run("UPDATE plan SET slots = x'09' WHERE page = ?", page.rawValue)
            #expect(throws: UnreadableRow(.page, page.rawValue, .damaged)) { try reader.page(page) }
        }
    }
}
