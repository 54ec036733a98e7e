import Domain
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PersonAndTailTests {
    private let now = TestFolder.start
    private let lane = LaneID(rawValue: 1)

    @Test func `a person's events come newest first, within the time asked for`() async throws {
        let folder = try TestFolder()
        try await folder.queue { queue in
            var ids: [EventID] = []
            for (number, persons) in ([1...4, 3...6, 5...9] as [ClosedRange<Int64>]).enumerated() {
                let at = now + .seconds(Int64(number) * 7200)
                let id = try await queue.post(.sample("\(number)", at: at)).id
                _ = try await queue.append(.sample(id, persons: persons), now: at)
                ids.append(id)
            }
            let reader = try folder.reader()
            func events(_ person: Int64, since: Duration, max: Int = 10) throws -> [EventID] {
                try reader.events(
                    concerning: .known(PersonID(rawValue: person)),
                    since: now + since,
                    until: now + .seconds(20_000),
                    max: max,
                    laneReason: { _ in .laneClosed }
                ).map(\.event.id)
            }
            #expect(try events(3, since: .zero) == [ids[1], ids[0]])
            #expect(try events(3, since: .seconds(3600)) == [ids[1]])
            #expect(try events(3, since: .zero, max: 1) == [ids[1]])
            #expect(try events(6, since: .zero) == [ids[2], ids[1]])
            #expect(try events(99, since: .zero).isEmpty)
            let first = try #require(
                try reader.events(
                    concerning: .known(PersonID(rawValue: 9)),
                    since: now,
                    until: now + .seconds(20_000),
                    max: 5,
                    laneReason: { _ in .laneClosed }
                ).first
            )
            #expect(first.standing == .waiting(.laneClosed) && first.rows.count == 1)
        }
    }

    @Test func `the tail tells each outcome once, also of pages made since`() async throws {
        let folder = try TestFolder()
        try await folder.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let page = try #require(try await queue.append(.sample(event, persons: 1...4), now: now)?.first?.page)
            try await queue.record([accepted(page, 0)], now: now)

            let reader = try folder.reader()
            let tail = try OutcomeTail(reader, QueueFilter())
            #expect(try tail.next(max: 100).rows.isEmpty)
            try await queue.record([accepted(page, 1), deferred(page, 2)], now: now)
            #expect(try tail.next(max: 100).rows.map(\.result.state) == [.accepted, .deferred])
            #expect(try tail.next(max: 100).rows.isEmpty)

            try await queue.record([accepted(page, 3)], now: now)
            let other = try await queue.post(.sample("b")).id
            let newer = try #require(try await queue.append(.sample(other, persons: 1...2), now: now)?.first?.page)
            try await queue.record([accepted(newer, 0), accepted(newer, 1)], now: now)
            #expect(
                try tail.next(max: 100).rows.map(\.id) == [
                    DeliveryID(page: page, slot: 3), DeliveryID(page: newer, slot: 0), DeliveryID(page: newer, slot: 1),
                ]
            )
            // The page is closed by now, but one of its deliveries still waits for its retry.
            try await queue.record([accepted(page, 2, isRetry: true)], now: now)
            #expect(try tail.next(max: 100).rows.map(\.id.slot) == [2])
        }
    }

    @Test func `what is beyond the bound of a look is counted`() async throws {
        let folder = try TestFolder()
        try await folder.queue { queue in
            let tail = try OutcomeTail(try folder.reader(), QueueFilter())
            let event = try await queue.post(.sample("a")).id
            let page = try #require(try await queue.append(.sample(event, persons: 1...9), now: now)?.first?.page)
            try await queue.record((0..<9).map { accepted(page, $0) }, now: now)
            let look = try tail.next(max: 4)
            #expect(look.rows.count == 4 && look.skipped == 5)
        }
    }

    private func accepted(_ page: PageID, _ slot: Int, isRetry: Bool = false) -> Outcome {
        Outcome(
            page: page,
            slot: slot,
            result: .accepted(attempts: 1, latencyMilliseconds: 40),
            attempts: 1,
            isRetry: isRetry
        )
    }

    private func deferred(_ page: PageID, _ slot: Int) -> Outcome {
        Outcome(
            page: page,
            slot: slot,
            result: SlotResult(.deferred, reason: .retrying),
            retryAt: now + .seconds(90),
            attempts: 1,
            attempt: .init(at: now, milliseconds: 1, status: 503, reason: "x")
        )
    }
}
