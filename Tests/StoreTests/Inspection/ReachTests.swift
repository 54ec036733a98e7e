import Domain
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ReachTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    private func persons(
        _ event: EventID,
        after: Int64? = nil,
        limit: Int = 100,
        where isWanted: (EventReport.Standing) -> Bool = { _ in true }
    ) throws -> [Int64] {
        try folder.reader().persons(
            of: event,
            after: after.map { PersonID(rawValue: $0) },
            limit: limit,
            laneReason: { _ in nil },
            where: isWanted
        ).map(\.person.rawValue)
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `pages of any length are the report's persons in their order`(limit: Int) async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let lanes = [LaneID(rawValue: 1), LaneID(rawValue: 2)]
            _ = try await queue.append(.sample(event, persons: 1...5, lanes: lanes, isLast: false), now: now)
            _ = try await queue.append(.sample(event, part: 1, persons: 6...9, lanes: lanes, isLast: false), now: now)
            _ = try await queue.append(.sample(event, part: 2, persons: 10...10, lanes: lanes), now: now)

            var all: [EventReport.Person] = []
            var after: PersonID?
            while true {
                let page = try folder.reader().persons(of: event, after: after, limit: limit, laneReason: { _ in nil })
                all += page
                guard page.count == limit else { break }
                after = page.last?.person
            }

            let report = try #require(try folder.reader().report(on: event) { _ in nil })
            #expect(all.map(\.person) == report.persons.map(\.person) && all.count == 10)
            #expect(all.map { $0.deliveries.map(\.id) } == report.persons.map { $0.deliveries.map(\.id) })
        }
    }

    @Test func `the author has a place although no page names him`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            var first = ExpansionStep.sample(event, persons: 1...3, isLast: false)
            first.concerned.entries.append(.init(person: PersonID(rawValue: 5), role: .author, through: []))
            first.cursor = 5
            _ = try await queue.append(first, now: now)
            _ = try await queue.append(.sample(event, part: 1, persons: 8...9), now: now)

            #expect(try persons(event, after: 3, limit: 2) == [5, 8])
            #expect(try persons(event, after: 8) == [9] && persons(event, after: 9).isEmpty)
        }
    }

    @Test func `a wish is held against each person, over all steps`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let first = try await queue.append(.sample(event, persons: 1...3, isLast: false), now: now)
            let second = try await queue.append(.sample(event, part: 1, persons: 4...6), now: now)
            let pages = [try #require(first?.first).page, try #require(second?.first).page]
            let accepted = SlotResult.accepted(attempts: 1, latencyMilliseconds: 1)
            try await queue.record(pages.map { Outcome(page: $0, slot: 1, result: accepted, attempts: 1) }, now: now)

            #expect(try persons(event) { $0 == .reached } == [2, 5])
            #expect(try persons(event, after: 2, limit: 1) { $0 == .reached } == [5])
            #expect(try persons(event, limit: 3) { $0 != .reached } == [1, 3, 4])
        }
    }
}
