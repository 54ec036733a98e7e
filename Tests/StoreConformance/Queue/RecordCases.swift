import Domain
import Store
import Synchronization
import Testing

/// Outcomes: in one commit, each slot by its own state, and what is told of the writer.
enum RecordCases {
    static let all = [
        StoreCase("outcomes that are handed over are recorded in order, and answered", handedOver),
        StoreCase("what was accepted while its time ended is accepted, and nothing else reverts", terminal),
        StoreCase("a delivery deferred again has one row", deferredAgain),
        StoreCase("expiry ends what has outlived its time, a slice at a time", expiry),
        StoreCase("the newest acceptance is remembered over a close", lastAcceptance),
    ]

    private static let now = StorePlace.start

    private static func handedOver(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (event, pages) = try await queue.expanded(.sample("a"), persons: 1...4)
            let answered = Mutex<[Bool]>([])
            for slot in 0..<4 {
                try queue.record([.accepted(pages[0], slot)], now: now) { result in
                    let isWhole: Bool = if case .success(let damaged) = result { damaged.isEmpty } else { false }
                    answered.withLock { $0.append(isWhole) }
                }
            }
            try await queue.record([.rejected(pages[0], 0)], now: now)
            #expect(answered.withLock { $0 } == [true, true, true, true], "each before what came after it")
            #expect(queue.waitingCommits == 0)
            let reader = try place.stores.queueReader()
            let page = try #require(try reader.page(pages[0]))
            #expect((0..<4).allSatisfy { page.result[$0].state == .accepted })
            #expect(try reader.event(event)?.state == .done)
        }
    }

    private static func terminal(_ place: StorePlace) async throws {
        try await place.queue { queue in
            for state in DeliveryState.allCases where state.isTerminal && state != .withheld {
                let (event, pages) = try await queue.expanded(.sample("\(state)"), persons: 1...1)
                try await queue.record([Outcome(page: pages[0], slot: 0, result: SlotResult(state))], now: now)
                for later in DeliveryState.allCases where later != .pending {
                    let outcome = Outcome(
                        page: pages[0],
                        slot: 0,
                        result: SlotResult(later),
                        retryAt: now,
                        attempts: 2,
                        isRetry: true
                    )
                    try await queue.record([outcome], now: now + .seconds(9))
                }
                let reader = try place.stores.queueReader()
                #expect(try reader.page(pages[0])?.result[0].state == (state == .expired ? .accepted : state))
                #expect(try reader.event(event)?.doneAt == now)
                #expect(try reader.dueRetries(on: .one, now: now + .seconds(9), limit: 9).isEmpty)
            }
        }
    }

    private static func deferredAgain(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (_, pages) = try await queue.expanded(.sample("a"), persons: 1...3)
            for attempt in 1...3 {
                let due = now + .seconds(Int64(attempt) * 100)
                try await queue.record((0..<3).map { .deferred(pages[0], $0, until: due, attempts: attempt) }, now: now)
            }
            let reader = try place.stores.queueReader()
            let due = try reader.dueRetries(on: .one, now: now + .seconds(300), limit: 9)
            #expect(due.map(\.delivery.slot) == [0, 1, 2] && due.map(\.attempts) == [3, 3, 3])
            #expect(try reader.dueRetries(on: .one, now: now + .seconds(300), limit: 2).map(\.delivery.slot) == [0, 1])
            #expect(try reader.dueRetries(on: .one, now: now + .seconds(299), limit: 9).isEmpty)
            // A late answer to an attempt that was given up takes the row along.
            try await queue.record([.accepted(pages[0], 1)], now: now)
            #expect(try reader.dueRetries(on: .one, now: now + .seconds(300), limit: 9).map(\.delivery.slot) == [0, 2])
        }
    }

    private static func expiry(_ place: StorePlace) async throws {
        try await place.queue { queue in
            var pages: [PageID] = []
            for number in 0..<3 { pages += try await queue.expanded(.sample("\(number)"), persons: 1...2).pages }
            try await queue.record(
                [.deferred(pages[0], 0, until: now + .seconds(9)), .accepted(pages[1], 0)],
                now: now
            )
            let end = now + .seconds(3600)
            let early = try await queue.expire(now: end - .milliseconds(1))
            #expect(early.isEmpty)
            var ended: [[PageID]] = []
            repeat { ended.append(try await queue.expire(now: end, pagesMax: 2)) } while ended.last?.isEmpty == false
            #expect(ended.map(\.count) == [2, 1, 0] && Set(ended.joined()) == Set(pages))
            let reader = try place.stores.queueReader()
            let states = try pages.map { try #require(try reader.page($0)).result }.map { [$0[0].state, $0[1].state] }
            #expect(states == [[.expired, .expired], [.accepted, .expired], [.expired, .expired]])
            #expect(try reader.eventCounts(doneSince: now)[.done] == 3)
            #expect(try reader.dueRetries(on: .one, now: end, limit: 9).isEmpty)
        }
    }

    private static func lastAcceptance(_ place: StorePlace) async throws {
        try await place.queue { queue in
            #expect(queue.lastAcceptance == Instant(milliseconds: 0))
            _ = try await queue.post(.sample("a", at: now + .seconds(60)))
            // The clock went back: a number is never used again.
            let id = try await queue.post(.sample("b", at: now)).id
            #expect(
                queue.lastAcceptance == now + .seconds(60) && id.rawValue >> 20 == (now + .seconds(60)).milliseconds
            )
            _ = try await queue.prune(acceptedBefore: now)
        }
        try await place.queue { queue in #expect(queue.lastAcceptance == now + .seconds(60)) }
    }
}
