import Domain
import Store
import Testing

/// Deliveries that wait for quiet hours to end, and those that one message announces together.
enum QuietCases {
    static let all = [
        StoreCase("what quiet hours hold up is told by its number, its event and its device", waiting),
        StoreCase("a wait is moved as long as it waits", replanned),
        StoreCase("followers are found by the delivery that announces them", followers),
        StoreCase("an order that hastens a delivery takes it out of quiet hours", hastened),
    ]

    private static func hour(_ number: Int64) -> Instant { StorePlace.start + .seconds(number * 3600) }

    /// A page whose slots are held up until these hours, let go a minute later and given an hour from then.
    private static func held(_ queue: QueueStore, _ place: StorePlace, _ identity: String, until hours: [Int64])
        async throws -> (event: EventID, page: PageID)
    {
        let event = try await queue.post(.sample(identity)).id
        var step = ExpansionStep.sample(event, persons: 1...Int64(hours.count))
        step.timeToLive = .seconds(3600)
        step.pages[0].result = PageResult(hours.map { _ in SlotResult(.deferred, reason: .quietHours) })
        step.pages[0].waits = hours.map { QuietWait(opensAt: hour($0), dueAt: hour($0) + .seconds(60)) }
        let entries = try await queue.append(step, now: StorePlace.start)
        #expect(entries == [], "nothing of it is to do yet")
        let openings = try place.stores.queueReader().openings(of: event)
        return (event, try #require(openings.keys.first).page)
    }

    private static func ids(_ page: PageID, _ slots: Int...) -> [DeliveryID] {
        slots.map { DeliveryID(page: page, slot: $0) }
    }

    private static func waiting(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let reader = try place.stores.queueReader()
            #expect(try reader.waitingForQuietHours() == (0, nil))
            let (first, page) = try await held(queue, place, "a", until: [9, 7, 8])
            let (second, other) = try await held(queue, place, "b", until: [6, 10])
            // What waits for another attempt does not wait for quiet hours.
            let (plain, pages) = try await queue.expanded(.sample("c"), persons: 1...1)
            try await queue.record([.deferred(pages[0], 0, until: hour(1))], now: StorePlace.start)

            let all = ids(page, 0, 1, 2) + ids(other, 0, 1)
            #expect(try reader.waitingForQuietHours() == (5, hour(6)))
            let told = try reader.waiting(after: nil, limit: 9)
            #expect(told.map(\.delivery) == all && told.map(\.event) == [first, first, first, second, second])
            #expect(told.map(\.wait.opensAt) == [9, 7, 8, 6, 10].map(hour))
            #expect(told.map(\.wait.dueAt) == [9, 7, 8, 6, 10].map { hour($0) + .seconds(60) })
            #expect(try reader.waiting(after: all[1], limit: 2).map(\.delivery) == Array(all[2...3]))
            #expect(try reader.waiting(after: all[4], limit: 2).isEmpty)
            #expect(try reader.openings(of: second) == [all[3]: hour(6), all[4]: hour(10)])
            #expect(try reader.openings(of: plain) == [:])
            #expect(try reader.expiry(of: second) == hour(11) + .seconds(60), "its time counts from the release")

            let waits = try reader.waits(all + ids(pages[0], 0), on: .one)
            #expect(Set(waits.map(\.delivery)) == Set(all))
            let wait = try #require(waits.first { $0.delivery == all[4] })
            #expect(wait.device == DeviceID(rawValue: 10_002) && wait.event == second && wait.attempts == 0)
            #expect(wait.opensAt == hour(10) && wait.dueAt == hour(10) + .seconds(60) && wait.carrier == nil)
            #expect(wait.expiresAt == hour(11) + .seconds(60))
            #expect(try reader.waits(all, on: .two).isEmpty)
            let devices = [10_001, 10_003, 9].map { DeviceID(rawValue: $0) }
            let ofDevices = try reader.waits(of: devices, on: .one).map(\.delivery)
            #expect(ofDevices.sorted() == [all[0], all[2], all[3]])
            #expect(try reader.waits(of: devices, on: .two).isEmpty)
            #expect(try reader.dueRetries(on: .one, now: hour(7), limit: 9).map(\.delivery.page) == [pages[0], other])
        }
    }

    private static func replanned(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (event, page) = try await held(queue, place, "a", until: [9, 7])
            let (_, pages) = try await queue.expanded(.sample("c"), persons: 1...1)
            try await queue.record([.deferred(pages[0], 0, until: hour(1))], now: StorePlace.start)
            let plain = DeliveryID(page: pages[0], slot: 0)
            let moved = ids(page, 0, 1)
            try await queue.replan([
                .init(delivery: moved[0], wait: .init(opensAt: hour(20), dueAt: hour(21)), expiresAt: hour(30)),
                .init(delivery: moved[1], wait: .init(opensAt: hour(2), dueAt: hour(3)), expiresAt: hour(4)),
                .init(delivery: plain, wait: .init(opensAt: hour(5), dueAt: hour(6)), expiresAt: hour(40)),
            ])

            let reader = try place.stores.queueReader()
            let waits = try reader.waiting(after: nil, limit: 9)
            #expect(waits.map(\.delivery) == moved)
            #expect(
                waits.map(\.wait) == [
                    .init(opensAt: hour(20), dueAt: hour(21)), .init(opensAt: hour(2), dueAt: hour(3)),
                ]
            )
            let ends = try reader.waits(moved, on: .one).sorted { $0.delivery < $1.delivery }.map(\.expiresAt)
            #expect(ends == [hour(30), hour(8) + .seconds(60)], "a time to live is never cut")
            #expect(try reader.expiry(of: event) == hour(30))
            #expect(try reader.page(page)?.expiresAt == hour(30))
            let due = try reader.dueRetries(on: .one, now: hour(99), limit: 9)
            #expect(due.map(\.delivery) == [plain, moved[1], moved[0]], "what does not wait is left alone")
            #expect(due.map(\.dueAt) == [hour(1), hour(3), hour(21)])
        }
    }

    private static func followers(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let (_, page) = try await held(queue, place, "a", until: [1, 1, 1, 1])
            let all = ids(page, 0, 1, 2, 3)
            let device = DeviceID(rawValue: 10_001)
            let follows = (1...2).map { slot in
                Outcome(
                    page: page,
                    slot: slot,
                    result: .inRecap,
                    retryAt: hour(2),
                    group: .init(device: device, carrier: all[0]),
                    isRetry: true
                )
            }
            try await queue.record(follows + [.rejected(page, 3)], now: now)

            let reader = try place.stores.queueReader()
            let found = try reader.followers(of: [all[0], all[3]], on: .one)
            #expect(found.map(\.delivery).sorted() == [all[1], all[2]])
            #expect(found.allSatisfy { $0.device == device && $0.carrier == all[0] && $0.opensAt == nil })
            #expect(found.allSatisfy { $0.dueAt == hour(2) && $0.isLetGo(now) })
            #expect(try reader.followers(of: [all[0]], on: .two).isEmpty)
            #expect(try reader.followers(of: [all[1]], on: .one).isEmpty)
            #expect(try reader.waitingForQuietHours() == (1, hour(1)), "they have been let go")

            let carrier = CarrierStanding.waiting(dueAt: hour(1) + .seconds(60))
            let nowhere = DeliveryID(page: PageID(rawValue: 999), slot: 0)
            #expect(try reader.carriers([all[0], all[3], nowhere]) == [all[0]: carrier])
            #expect(try reader.carriers([]) == [:])
            try await queue.record([Outcome(page: page, slot: 0, result: .acceptedInRecap, isRetry: true)], now: now)
            #expect(try reader.carriers([all[0]]) == [all[0]: .reached])
            try await queue.record([.accepted(page, 1, isRetry: true)], now: now)
            #expect(try reader.carriers([all[1]]) == [:], "its own text told nobody of the others")
        }
    }

    private static func hastened(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let (_, page) = try await held(queue, place, "a", until: [9, 9])
            let slice = OrderSlice(
                operation: 1,
                verb: .retry,
                withDead: false,
                isFresh: false,
                pages: [(page, [1])],
                inFlight: [],
                skipped: [:]
            )
            let changed = try await queue.apply(slice, now: now).changed
            #expect(changed == 1)
            let reader = try place.stores.queueReader()
            #expect(try reader.waiting(after: nil, limit: 9).map(\.delivery.slot) == [0])
            #expect(try reader.waits(ids(page, 0, 1), on: .one).map(\.delivery.slot) == [0])
            #expect(try reader.dueRetries(on: .one, now: now, limit: 9).map(\.delivery.slot) == [1])
        }
    }
}
