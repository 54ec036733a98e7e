import Database
import Domain
import SQLite
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct QueueRecordTests {
    let folder: TestFolder
    let now = TestFolder.start
    let lane = LaneID(rawValue: 1)

    init() throws { folder = try TestFolder() }

    /// An event with one page of `count` pending slots.
    private func expanded(_ queue: QueueStore, count: Int64 = 4) async throws -> (EventID, PageID) {
        let event = try await queue.accept(.sample("a")).id
        let pages = try await queue.append(.sample(event, persons: 1...count), now: now)
        return (event, try #require(pages?.first).page)
    }

    private func attempt(_ reason: String) -> Outcome.Attempt {
        .init(at: now, milliseconds: 12, status: 503, reason: reason)
    }

    @Test func `what was accepted needs no row, an exception has its rows`() async throws {
        try await folder.queue { queue async throws in
            let (event, page) = try await expanded(queue)
            try await queue.record(
                [
                    Outcome(page: page, slot: 0, result: .accepted(attempts: 1, latencyMilliseconds: 40), attempts: 1),
                    Outcome(
                        page: page,
                        slot: 1,
                        result: SlotResult(.rejected, reason: .tokenGone),
                        attempts: 1,
                        attempt: attempt("Unregistered")
                    ),
                    Outcome(
                        page: page,
                        slot: 2,
                        result: SlotResult(.deferred, reason: .retrying),
                        retryAt: now + .seconds(5),
                        attempts: 1,
                        attempt: attempt("busy")
                    ),
                    Outcome(
                        page: page,
                        slot: 3,
                        result: SlotResult(.dead, reason: .dead),
                        attempts: 8,
                        attempt: attempt("InternalServerError")
                    ),
                ],
                now: now
            )

            let reader = try folder.reader()
            let read = try #require(try reader.page(page))
            #expect((0..<4).map { read.result[$0].state } == [.accepted, .rejected, .deferred, .dead])
            let attempts = try (0..<4).map { try reader.attempts(of: DeliveryID(page: page, slot: $0)).map(\.reason) }
            #expect(attempts == [[], ["Unregistered"], ["busy"], ["InternalServerError"]])
            #expect(try reader.openPages().isEmpty)
            #expect(try reader.event(event)?.state == .sending, "a retry is still to come")
            #expect(try reader.dueRetries(on: lane, now: now + .seconds(4), limit: 9).isEmpty)
            #expect(
                try reader.dueRetries(on: lane, now: Instant(milliseconds: .max), limit: 1).first?.dueAt == now
                    + .seconds(5)
            )
            let due = try #require(try reader.dueRetries(on: lane, now: now + .seconds(5), limit: 9).first)
            #expect(due.delivery == DeliveryID(page: page, slot: 2) && due.attempts == 1 && due.event == event)
            let dead = try #require(try reader.delivery(DeliveryID(page: page, slot: 3)))
            #expect(
                dead.attempts == 8 && dead.person == PersonID(rawValue: 4) && dead.device == DeviceID(rawValue: 10_004)
            )
            #expect(try reader.backlog()[lane]?.dead == 1)
            #expect(try reader.backlog()[lane]?.deferred == 1)

            try await queue.record(
                [
                    Outcome(
                        page: page,
                        slot: 2,
                        result: .accepted(attempts: 2, latencyMilliseconds: 1),
                        attempts: 2,
                        isRetry: true
                    )
                ],
                now: now + .seconds(6)
            )
            #expect(try reader.dueRetries(on: lane, now: now + .seconds(99), limit: 9).isEmpty)
            let done = try #require(try reader.event(event))
            #expect(done.state == .done && done.doneAt == now + .seconds(6))
        }
    }

    @Test(arguments: ["DELETE FROM result", "UPDATE result SET slots = x'FFFF'", "UPDATE result SET slots = x''"])
    func `a page that cannot be read is held, the others are recorded`(damage: String) async throws {
        try await folder.queue { queue async throws in
            let (_, damaged) = try await expanded(queue, count: 2)
            let event = try await queue.accept(.sample("b")).id
            let pages = try await queue.append(.sample(event, persons: 1...1), now: now)
            let whole = try #require(pages?.first).page
            try folder.intruder().run(damage + " WHERE page = ?", damaged.rawValue)

            let held = try await queue.record(
                [damaged, whole].map { Outcome(page: $0, slot: 0, result: SlotResult(.accepted), attempts: 1) },
                now: now
            )

            #expect(held == [damaged])
            #expect(try folder.reader().event(event)?.state == .done)
            #expect(try folder.reader().openPages().isEmpty)
        }
    }

    @Test func `a damaged page is a typed error, not a trap`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let page = try #require(try await queue.append(.sample(event, persons: 1...5), now: now)?.first).page
            let intruder = try folder.intruder()
            let reader = try folder.reader()
            try intruder.run("UPDATE result SET slots = zeroblob(4) WHERE page = ?", page.rawValue)
            #expect(throws: UnreadableRowError.self) { try reader.page(page) }
            try intruder.run("UPDATE plan SET slots = x'09' WHERE page = ?", page.rawValue)
            #expect(throws: UnreadableRowError(.page, page.rawValue, .damaged)) { try reader.page(page) }
        }
    }
}
