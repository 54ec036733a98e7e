import Database
import Domain
import Store
import Testing

/// Lists and sums over the queue.
enum ListCases {
    static let all = [
        StoreCase("the backlog is summed lane by lane", backlog),
        StoreCase("events are counted and listed by the state that is shown", events),
        StoreCase("the oldest retry and the newest dead letter are told", extremes),
        StoreCase("a delivery is told with its last attempt", delivery),
        StoreCase("what a clock that runs ahead would set off is counted", heldByClock),
    ]

    private static let now = StorePlace.start

    private static func backlog(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (_, pages) = try await queue.expanded(.sample("a"), persons: 1...6, lanes: [.one, .two])
            let later = try await queue.expanded(
                .sample("b", at: now + .seconds(9)),
                persons: 1...2,
                lanes: [.one, .two]
            ).pages
            try await queue.record(
                [
                    .accepted(pages[0], 0), .deferred(pages[0], 1, until: now + .seconds(60)),
                    .dead(pages[0], 2, at: now), .rejected(pages[0], 3),
                    Outcome(page: pages[0], slot: 4, result: SlotResult(.held, reason: .held)),
                ] + (0..<6).map { .accepted(pages[1], $0) },
                now: now
            )
            let lanes = try place.stores.queueReader().backlog()
            #expect(Set(lanes.keys) == [.one, .two])
            let one = try #require(lanes[.one])
            #expect([one.pending, one.deferred, one.dead, one.held] == [3, 1, 1, 1])
            #expect(one.oldest == now && one.unreadable.isEmpty, "of several the first")
            let two = try #require(lanes[.two])
            #expect([two.pending, two.deferred, two.dead, two.held] == [2, 0, 0, 0])
            #expect(two.oldest == now + .seconds(9), "of what is still to do")
            // A page that cannot be read is named, and its neighbours are counted.
            try place.session().run(
                "UPDATE result SET slots = ? WHERE page = ?",
                [255, 255] as [UInt8],
                later[0].rawValue
            )
            let damaged = try #require(try place.stores.queueReader().backlog()[.one])
            #expect(
                damaged.unreadable == [UnreadableRowError(.page, later[0].rawValue, .damaged)] && damaged.pending == 1
            )
        }
    }

    private static func events(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let accepted = try await queue.post(.sample("a")).id
            let scheduled = try await queue.post(.sample("b", notBefore: now + .seconds(60))).id
            let (sending, _) = try await queue.expanded(.sample("c"))
            let (done, pages) = try await queue.expanded(.sample("d"), persons: 1...1)
            try await queue.record([.accepted(pages[0], 0)], now: now)
            let (held, _) = try await queue.expanded(.sample("e"))
            var scope = OrderScope()
            scope.words[.event] = [held.description]
            let order = NewOperation(actor: "lea", verb: .hold, scope: scope, matched: 0, eligible: 0, why: "")
            _ = try await queue.begin(order, now: now)
            let newer = try await queue.post(.sample("f", at: now + .seconds(1))).id

            let reader = try place.stores.queueReader()
            let counts = try reader.eventCounts(doneSince: now).filter { $0.value > 0 }
            #expect(counts == [.accepted: 2, .scheduled: 1, .sending: 1, .done: 1, .held: 1])
            #expect(try reader.eventCounts(doneSince: now + .seconds(1))[.done] == 0)
            func listed(_ state: EventState?, before: EventID? = nil, limit: Int = 9) throws -> [EventID] {
                try reader.events(before: before, state: state, limit: limit).map(\.id)
            }
            let all = [newer, held, done, sending, scheduled, accepted]
            #expect(try listed(nil) == all)
            #expect(try listed(nil, before: done, limit: 2) == [sending, scheduled])
            #expect(try listed(.held) == [held])
            #expect(try listed(.accepted) == [newer, accepted])
            #expect(try listed(.accepted, before: newer, limit: 1) == [accepted])
            #expect(try listed(.withdrawn).isEmpty)
            #expect(try reader.events(in: scheduled.rawValue...done.rawValue, limit: 9) == [scheduled, sending, done])
            #expect(try reader.events(in: scheduled.rawValue...done.rawValue, limit: 2) == [scheduled, sending])
            #expect(try reader.event(held)?.state == .held)
        }
    }

    private static func extremes(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let reader = try place.stores.queueReader()
            #expect(try reader.newestDead() == nil)
            #expect(try reader.oldestRetries() == [:])
            let (_, pages) = try await queue.expanded(.sample("a"), lanes: [.one, .two])
            try await queue.record(
                [.dead(pages[0], 0, at: now), .deferred(pages[0], 1, until: now + .seconds(100))],
                now: now + .seconds(5)
            )
            try await queue.record(
                [
                    .dead(pages[1], 0, at: now), .deferred(pages[0], 2, until: now + .seconds(90)),
                    .deferred(pages[0], 1, until: now + .seconds(300), attempts: 2),
                    Outcome(
                        page: pages[1],
                        slot: 1,
                        result: SlotResult(.deferred, reason: .quietHours),
                        retryAt: now + .seconds(60),
                        quiet: .init(opensAt: now + .seconds(50), expiresAt: now + .seconds(9000)),
                        attempts: 1
                    ),
                ],
                now: now + .seconds(4)
            )
            #expect(try reader.newestDead() == now + .seconds(5))
            // By the first attempt of each, a minute before it was due the first time; what waits for quiet hours was not tried in vain.
            #expect(try reader.oldestRetries() == [.one: now + .seconds(30)])
            #expect(try reader.waitingForQuietHours() == (1, now + .seconds(50)))
            #expect(try reader.page(pages[1])?.expiresAt == now + .seconds(9000), "its page lives as long")
            try await queue.record([.accepted(pages[0], 2, isRetry: true)], now: now)
            #expect(try reader.oldestRetries() == [.one: now + .seconds(40)])
        }
    }

    private static func delivery(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (event, pages) = try await queue.expanded(.sample("a"))
            let id = DeliveryID(page: pages[0], slot: 1)
            for attempt in 1...3 {
                let due = now + .seconds(Int64(attempt) * 100)
                try await queue.record([.deferred(pages[0], 1, until: due, attempts: attempt)], now: now)
            }
            try await queue.record([.accepted(pages[0], 0), .dead(pages[0], 2, at: now)], now: now + .seconds(7))
            let reader = try place.stores.queueReader()
            let row = try #require(try reader.delivery(id))
            #expect(row.event == event && row.person.rawValue == 2 && row.device.rawValue == 10_002 && row.lane == .one)
            #expect(row.school == "0429901A" && row.app == "BLOG" && row.action == "PUBLISH-POST")
            #expect(row.attempts == 3 && row.nextAt == now + .seconds(300) && row.diedAt == nil && row.madeAt == now)
            #expect(row.last?.number == 3 && row.last?.status == 503 && row.last?.reason == "Busy")
            let attempts = try reader.attempts(of: id)
            #expect(attempts.map(\.number) == [1, 2, 3] && attempts.map(\.state) == [.deferred, .deferred, .deferred])
            #expect(attempts.map(\.at) == [40, 140, 240].map { now + .seconds($0) })
            let dead = try #require(try reader.delivery(DeliveryID(page: pages[0], slot: 2)))
            #expect(dead.attempts == 8 && dead.diedAt == now + .seconds(7) && dead.nextAt == nil)
            let first = try #require(try reader.delivery(DeliveryID(page: pages[0], slot: 0)))
            #expect(first.last == nil && first.attempts == 1 && first.result.state == .accepted)
            #expect(try reader.delivery(DeliveryID(page: pages[0], slot: 4)) == nil)
            #expect(try reader.delivery(DeliveryID(page: PageID(rawValue: 99), slot: 0)) == nil)
            #expect(try reader.attempts(of: DeliveryID(page: pages[0], slot: 0)).isEmpty)
        }
    }

    private static func heldByClock(_ place: StorePlace) async throws {
        try await place.queue { queue in
            _ = try await queue.post(.sample("a", notBefore: now + .seconds(100)))
            _ = try await queue.post(.sample("b", notBefore: now + .seconds(5000)))
            let (_, pages) = try await queue.expanded(.sample("c"))
            try await queue.record(
                [
                    .deferred(pages[0], 0, until: now + .seconds(10)),
                    .deferred(pages[0], 1, until: now + .seconds(100)),
                ],
                now: now
            )
            let reader = try place.stores.queueReader()
            func held(_ wall: Int64, suspect: Bool = true) throws -> [Int] {
                let clock = ClockReport(
                    wall: now + .seconds(wall),
                    steady: now + .seconds(10),
                    suspectSince: suspect ? now : nil,
                    highWater: now
                )
                let held = try reader.heldByClock(clock)
                return [held.scheduled, held.retries, held.expiring]
            }
            #expect(try held(100) == [1, 1, 0], "what is due by the steady clock is not held")
            #expect(try held(99) == [0, 0, 0])
            #expect(try held(3600) == [1, 1, 3])
            #expect(try held(9000) == [2, 1, 3])
            #expect(try held(9000, suspect: false) == [0, 0, 0])
            #expect(try held(-9) == [0, 0, 0])
        }
    }
}
