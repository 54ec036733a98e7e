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
