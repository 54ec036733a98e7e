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

    @Test(arguments: DeliveryState.allCases.filter { $0.isTerminal && $0 != .withheld })
    func `a terminal slot never reverts, but what was accepted while its time ended is accepted`(state: DeliveryState)
        async throws
    {
        try await folder.queue { queue async throws in
            let (event, page) = try await expanded(queue, count: 1)
            try await queue.record([Outcome(page: page, slot: 0, result: SlotResult(state), attempts: 1)], now: now)
            let first = try folder.reader().event(event)

            for later in DeliveryState.allCases where later != .pending {
                try await queue.record(
                    [Outcome(page: page, slot: 0, result: SlotResult(later), retryAt: now, attempts: 2, isRetry: true)],
                    now: now + .seconds(9)
                )
            }

            let reader = try folder.reader()
            #expect(try reader.page(page)?.result[0].state == (state == .expired ? .accepted : state))
            #expect(try reader.dueRetries(on: lane, now: now + .seconds(99), limit: 9).isEmpty)
            #expect(first?.state == .done)
            #expect(try reader.event(event)?.doneAt == first?.doneAt)
        }
    }

    @Test func `whatever ends a deferred delivery takes its row along`() async throws {
        try await folder.queue { queue async throws in
            let (event, page) = try await expanded(queue, count: 1)
            let deferred = Outcome(
                page: page,
                slot: 0,
                result: SlotResult(.deferred, reason: .retrying),
                retryAt: now + .seconds(5),
                attempts: 1
            )
            try await queue.record([deferred], now: now)
            // The answer to the first attempt came late, not from the row.
            try await queue.record([Outcome(page: page, slot: 0, result: SlotResult(.accepted), attempts: 1)], now: now)
            #expect(
                try folder.reader().dueRetries(on: lane, now: Instant(milliseconds: .max), limit: 1).first?.dueAt == nil
            )
            #expect(try folder.reader().event(event)?.state == .done)
        }
    }

    @Test func `a delivery deferred again has one row, with its newest time`() async throws {
        try await folder.queue { queue async throws in
            let (_, page) = try await expanded(queue, count: 1)
            for attempt in 1...3 {
                let deferred = Outcome(
                    page: page,
                    slot: 0,
                    result: SlotResult(.deferred, reason: .retrying),
                    retryAt: now + .seconds(Int64(attempt) * 10),
                    attempts: attempt,
                    isRetry: attempt > 1
                )
                try await queue.record([deferred], now: now)
            }
            let due = try folder.reader().dueRetries(on: lane, now: now + .seconds(99), limit: 9)
            #expect(due.map(\.attempts) == [3] && due.map(\.dueAt) == [now + .seconds(30)])
        }
    }

    @Test func `at its expiry a page ends, and a retry with it`() async throws {
        try await folder.queue { queue async throws in
            let (event, page) = try await expanded(queue)
            try await queue.record(
                [
                    Outcome(page: page, slot: 0, result: SlotResult(.accepted), attempts: 1),
                    Outcome(
                        page: page,
                        slot: 1,
                        result: SlotResult(.deferred, reason: .retrying),
                        retryAt: now + .seconds(9),
                        attempts: 1
                    ),
                ],
                now: now
            )
            let early = try await queue.expire(now: now + .seconds(3599))
            #expect(early.isEmpty)
            let ended = try await queue.expire(now: now + .seconds(3600))
            #expect(ended == [page])

            let reader = try folder.reader()
            let result = try #require(try reader.page(page)?.result)
            #expect((0..<4).map { result[$0].state } == [.accepted, .expired, .expired, .expired])
            #expect(try reader.event(event)?.state == .done)
            #expect(try reader.dueRetries(on: lane, now: Instant(milliseconds: .max), limit: 1).first?.dueAt == nil)
            let again = try await queue.expire(now: now + .seconds(9999))
            #expect(again.isEmpty)
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
}
