import Database
import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Testing

/// Old events go wholly, open ones stay, and their space is used again.
@Suite(.timeLimit(.minutes(1)))
struct PruneTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    static let day = Duration.seconds(86_400)

    /// An event of 1,200 devices on three pages; all accepted unless it stays open.
    private func event(_ name: String, at now: Instant, isDone: Bool, _ queue: QueueStore, _ lane: LaneID) async throws
        -> EventID
    {
        var sample = NewEvent.sample(name, at: now)
        sample.expiresAt = now + .seconds(365 * 86_400)
        let id = try await queue.post(sample).id
        for part in 0..<3 {
            let first = Int64(part) * 400 + 1
            let step = ExpansionStep.sample(
                id,
                part: part,
                persons: first...(first + 399),
                lanes: [lane],
                isLast: part == 2,
                expiresAt: sample.expiresAt
            )
            let page = try #require(try await queue.append(step, now: now))[0].page
            guard isDone || part > 0 else { continue }
            let outcomes = (0..<400).map { slot in
                slot == 7
                    ? Outcome(
                        page: page,
                        slot: slot,
                        result: SlotResult(.dead, reason: .dead),
                        attempts: 8,
                        attempt: .init(at: now, milliseconds: 3, status: 503, reason: "no")
                    )
                    : Outcome(
                        page: page,
                        slot: slot,
                        result: .accepted(attempts: 1, latencyMilliseconds: 5),
                        attempts: 1
                    )
            }
            try await queue.record(outcomes, now: now)
        }
        return id
    }

    @Test func `ended events go with everything of theirs, open ones stay, and nothing is half gone`() async throws {
        try await folder.queue { queue async throws in
            let lane = try await queue.lane(named: "fcm/a", provider: .fcm, now: TestFolder.start).id
            let old = try await event("old", at: TestFolder.start, isDone: true, queue, lane)
            let open = try await event("open", at: TestFolder.start, isDone: false, queue, lane)
            let later = TestFolder.start + Self.day
            let new = try await event("new", at: later, isDone: true, queue, lane)

            let report = try await queue.prune(acceptedBefore: later)

            #expect(report == .init(events: 1, pages: 3, isFull: false))
            let reader = try folder.reader()
            #expect(try reader.event(old) == nil && reader.event(open) != nil && reader.event(new) != nil)
            var conservation = Conservation(reader)
            let check = try conservation.check()
            #expect(check.violations == [])
            #expect(check.counts.dead == 5 && check.counts.events == 2)
            for table in ["attempt", "dead", "plan", "result", "page", "concerned", "content"] {
                let rows = try folder.intruder().first("SELECT count(*) FROM \(table)") { $0.int(0) }
                let wanted = ["attempt": 5, "dead": 5, "content": 2][table] ?? 6
                #expect(rows == wanted, "\(table)")
            }
            #expect(try await queue.prune(acceptedBefore: later).events == 0)
        }
    }

    @Test func `a slice ends at its bound and says so`() async throws {
        try await folder.queue { queue async throws in
            let lane = try await queue.lane(named: "fcm/a", provider: .fcm, now: TestFolder.start).id
            for number in 0..<5 { _ = try await event("\(number)", at: TestFolder.start, isDone: true, queue, lane) }
            let before = TestFolder.start + Self.day
            #expect(
                try await queue.prune(acceptedBefore: before, pagesMax: 4) == .init(events: 2, pages: 6, isFull: true)
            )
            #expect(try await queue.prune(acceptedBefore: before, eventsMax: 2).isFull)
            #expect(try await queue.prune(acceptedBefore: before).events == 1)
        }
    }

    @Test func `pages of the file that became free are used again`() async throws {
        try await folder.queue { queue async throws in
            let lane = try await queue.lane(named: "fcm/a", provider: .fcm, now: TestFolder.start).id
            var sizes: [Int] = []
            for day in Int64(0)..<12 {
                let now = TestFolder.start + .seconds(day * 86_400)
                for number in 0..<4 { _ = try await event("\(day)/\(number)", at: now, isDone: true, queue, lane) }
                while try await queue.prune(acceptedBefore: now - Self.day * 3).isFull {}
                while try await queue.pruneIdentities(before: now - Self.day * 3) >= 2000 {}
                sizes.append(try folder.intruder().first("PRAGMA page_count") { $0.int(0) } ?? 0)
            }
            // Four days are kept: from the sixth on nothing is added to the file but what the tree splits differently.
            let steady = try #require(sizes.dropFirst(5).first)
            #expect(sizes.last ?? 0 <= steady + steady / 20, "\(sizes)")
        }
    }
}
