import Contract
import Domain
import Providers
import SQLite
import Store
import Testing

@testable import Delivery
@testable import Pipeline

/// Several publications of one evening ring a device once in the morning, and each of them knows.
@Suite(.timeLimit(.minutes(1)))
struct RecapTests {
    /// A Friday, 20:31 in Paris; seven o'clock on Monday.
    private static let evening = Instant(seconds: 1_795_807_860)
    private static let monday = Instant(seconds: 1_796_018_400)
    private static let weekend = Duration.seconds(72 * 3600)

    private let folder: TemporaryFolder
    private let clock = Workshop.Clock(evening)

    init() throws { folder = try TemporaryFolder() }

    private static let texts: [MessageTexts] = [
        ("fr", "{count} nouvelles publications"), ("en", "{count} new publications"),
    ].map {
        language,
        title in
        var texts = MessageTexts(language: language)
        texts.texts = [.recapTitle: title, .recapBody: language]
        return texts
    }

    private func night<T>(
        from: Int = 3,
        limits: Limits = Limits(),
        _ body: (Workshop) async throws -> T
    ) async throws -> T {
        var policy = QuietPolicy()
        policy.releaseSpread = .zero
        policy.recapFrom = from
        return try await withWorkshop(
            folder,
            clock: clock,
            limits: limits,
            rules: DeliveryRules(quiet: policy),
            texts: Self.texts,
            body
        )
    }

    /// Accepted and expanded in this order.
    private func publish(_ workshop: Workshop, _ count: Int, to users: [String] = ["u-1"]) async throws -> [EventID] {
        var events: [EventID] = []
        for _ in 0..<count { events.append(try await workshop.accept(users, lifetime: Self.weekend)) }
        try await workshop.expander.work()
        return events
    }

    private func sunrise() { clock.advance(Self.monday - clock.now) }

    private func standing(_ workshop: Workshop, _ event: EventID) throws -> [Standing] {
        try #require(try workshop.reader.report(on: event, laneReason: { _ in nil })).persons.map(\.standing)
    }

    private func check(_ workshop: Workshop) throws {
        var conservation = Conservation(workshop.reader)
        let violations = try conservation.check().violations
        #expect(violations.isEmpty, "\(violations)")
    }

    /// As the ENT takes an event back.
    private func withdraw(_ workshop: Workshop, _ event: EventID) throws {
        try workshop.damage("queue.db") { connection in
            try connection.run("UPDATE event SET withdrawal = 1 WHERE id = ?", event.rawValue)
        }
    }

    @Test func `three of an evening ring once, and all three know`() async throws {
        try await night { workshop in
            try await workshop.register("u-1")
            let events = try await publish(workshop, 3)
            sunrise()
            let lane = RecordingLane()
            let sent = try await workshop.deliver(on: lane)
            #expect(sent.map(\.isRecap) == [true])
            let message = try #require(lane.messages.last)
            #expect(message.title == "3 nouvelles publications" && message.body == "fr")
            // No module of the app handles it, and nothing of it opens a browser.
            #expect(message.app == "TIMELINE" && message.resourceID == nil && message.params["resourceUri"] == nil)
            #expect(message.params["uri"]?.string == "/timeline/timeline")
            #expect(try events.map { try workshop.results(of: $0) } == [[.acceptedInRecap], [.inRecap], [.inRecap]])
            #expect(try standing(workshop, events[1]) == [.waiting(.recap)])
            try check(workshop)

            clock.advance(.mergeLook)
            let second = try await workshop.deliver(on: lane)
            #expect(second.isEmpty)
            for event in events {
                #expect(try standing(workshop, event) == [.reachedElsewhere(.recap)])
                #expect(try workshop.state(of: event) == .done)
                let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
                let view = EventStatus.view(report)
                #expect(view.deliveries.accepted == 1 && view.deliveries.total == 1 && view.inRecap == 1)
                #expect(EventStatus.words(report.persons[0].standing) == ("reached", .recap))
            }
            try check(workshop)
        }
    }

    @Test(arguments: [(2, 3, 2), (3, 3, 1), (2, 2, 1), (7, 1000, 7)])
    func `fewer than that ring each`(events: Int, from: Int, rings: Int) async throws {
        try await night(from: from) { workshop in
            try await workshop.register("u-1")
            _ = try await publish(workshop, events)
            sunrise()
            let sent = try await workshop.deliver()
            #expect(sent.count == rings && sent.allSatisfy { $0.isRecap == (rings == 1) })
        }
    }

    @Test func `each device has one of its own, and counts what is for its person`() async throws {
        try await night { workshop in
            for (user, installation) in [("u-1", "a"), ("u-1", "b"), ("u-2", "c")] {
                try await workshop.register(
                    user,
                    installation: installation,
                    target: .fcmToken("token-" + installation)
                )
            }
            _ = try await publish(workshop, 2, to: ["u-1", "u-2"])
            _ = try await publish(workshop, 2)
            sunrise()
            let lane = RecordingLane()
            let sent = try await workshop.deliver(on: lane)
            #expect(sent.filter(\.isRecap).map(\.push.receiver) == ["u-1", "u-1"])
            #expect(sent.filter { !$0.isRecap }.map(\.push.receiver) == ["u-2", "u-2"])
            #expect(
                lane.messages.map(\.title).filter { $0.contains("nouvelles") } == [
                    "4 nouvelles publications", "4 nouvelles publications",
                ]
            )
            // A correction of one of them later does not take its place.
            #expect(Set(sent.map(\.collapseID)).count == 3)
            clock.advance(.mergeLook)
            _ = try await workshop.deliver()
            try check(workshop)
            let waiting = try workshop.reader.dueRetries(
                on: workshop.lane,
                now: clock.now + .seconds(86_400),
                limit: 10
            )
            #expect(waiting.isEmpty)
        }
    }

    @Test func `it speaks the device's language`() async throws {
        try await night { workshop in
            let english = Registration(
                installation: "i",
                target: .fcmToken("t"),
                environment: .production,
                app: "app",
                locale: "en-GB"
            )
            _ = try await workshop.registry.register(
                english,
                for: Account(userID: "u-1", externalKey: nil),
                limits: Limits(),
                now: clock.now
            )
            _ = try await publish(workshop, 3)
            sunrise()
            let lane = RecordingLane()
            try await workshop.deliver(on: lane)
            #expect(lane.messages.last?.title == "3 new publications")
        }
    }

    @Test func `what is urgent, taken back, expired, switched off or said twice is not counted`() async throws {
        try await night { workshop in
            try await workshop.register("u-1")
            let urgent = try await workshop.accept(["u-1"], lifetime: Self.weekend) { $0.urgency = .urgent }
            let expired = try await workshop.accept(["u-1"], lifetime: Self.monday - clock.now) {
                $0.expiresAt = Self.monday
            }
            let off = try await workshop.accept(["u-1"], lifetime: Self.weekend) { $0.app = "NEWS" }
            let words = [UInt8](repeating: 1, count: 32)
            let first = try await workshop.accept(["u-1"], lifetime: Self.weekend, mergeKey: words)
            let same = try await workshop.accept(["u-1"], lifetime: Self.weekend, mergeKey: words)
            try await workshop.expander.work()
            let others = try await publish(workshop, 3)
            try await workshop.deliver()
            #expect(try workshop.results(of: urgent).map(\.state) == [.accepted])
            try withdraw(workshop, others[0])
            _ = try await workshop.registry.changeWishes(of: "u-1", now: clock.now) { before -> StoredWishes in
                var after = before
                after.wishes.set("NEWS.POST", push: false)
                return after
            }
            sunrise()
            var progress = workshop.sweeper.begin()
            await workshop.sweeper.pass(&progress)
            let lane = RecordingLane()
            let sent = try await workshop.deliver(on: lane)
            #expect(sent.map(\.isRecap) == [true])
            #expect(lane.messages.map(\.title).filter { $0.contains("nouvelles") } == ["3 nouvelles publications"])
            clock.advance(.mergeLook)
            let more = try await workshop.deliver(on: lane)
            // What says the same looks at the first when that is known to be announced.
            clock.advance(.seconds(300))
            let later = try await workshop.deliver(on: lane)
            #expect(more.isEmpty && later.isEmpty)
            #expect(try standing(workshop, first) == [.reachedElsewhere(.recap)])
            #expect(try standing(workshop, same) == [.reachedElsewhere(.merged)])
            #expect(try standing(workshop, off) == [.notReached(.optedOut)])
            #expect(try standing(workshop, others[0]) == [.notReached(.withdrawn)])
            for event in others.dropFirst() { #expect(try standing(workshop, event) == [.reachedElsewhere(.recap)]) }
            #expect(try standing(workshop, expired) == [.notReached(.expired)])
        }
    }

    @Test func `killed at any moment it is the same message again`() async throws {
        let first = try await night { workshop in
            try await workshop.register("u-1")
            _ = try await publish(workshop, 4)
            sunrise()
            // Killed before anything is recorded.
            return try workshop.loadDue()
        }
        let second = try await night { workshop in
            let loaded = try workshop.loadDue()
            // Killed when the followers are on the disk, and the answer is not.
            try await workshop.queue.record(loaded.ended, now: clock.now)
            try check(workshop)
            return loaded
        }
        try await night { workshop in
            clock.advance(.mergeLook)
            let lane = RecordingLane()
            let third = try workshop.loadDue(on: lane)
            #expect(lane.messages.last?.title == "4 nouvelles publications")
            let sent = [first, second, third].map { $0.deliveries.map(\.collapseID) }
            #expect(sent.allSatisfy { $0 == sent[0] && $0.count == 1 })
            try await workshop.record(third)
        }
        // Killed when the provider's word is on the disk.
        try await night { workshop in
            clock.advance(.mergeLook)
            let sent = try await workshop.deliver()
            #expect(sent.isEmpty)
            let waiting = try workshop.reader.dueRetries(
                on: workshop.lane,
                now: clock.now + .seconds(86_400),
                limit: 10
            )
            #expect(waiting.isEmpty)
            try check(workshop)
        }
    }

    @Test func `while the provider says not now the others wait, and it comes again as the same`() async throws {
        try await night { workshop in
            try await workshop.register("u-1")
            let events = try await publish(workshop, 3)
            sunrise()
            let refused = try await workshop.deliver { _ in SlotResult(.deferred, reason: .retrying) }
            for _ in 0..<5 {
                clock.advance(.seconds(5))
                let sent = try await workshop.deliver()
                #expect(sent.isEmpty)
            }
            #expect(try events.map { try workshop.results(of: $0)[0].reason } == [.retrying, .recap, .recap])
            clock.advance(.seconds(6))
            let lane = RecordingLane()
            let sent = try await workshop.deliver(on: lane)
            #expect(sent.map(\.collapseID) == refused.map(\.collapseID))
            #expect(lane.messages.last?.title == "3 nouvelles publications")
            clock.advance(.seconds(40))
            try await workshop.deliver()
            for event in events { #expect(try standing(workshop, event) == [.reachedElsewhere(.recap)]) }
            try check(workshop)
        }
    }

    @Test func `when it is refused for good the others ring`() async throws {
        try await night { workshop in
            try await workshop.register("u-1")
            let events = try await publish(workshop, 4)
            sunrise()
            try await workshop.deliver { _ in SlotResult(.rejected, reason: .payloadRefused) }
            clock.advance(.mergeLook)
            let again = try await workshop.deliver { _ in SlotResult(.rejected, reason: .payloadRefused) }
            #expect(again.map(\.isRecap) == [true])
            // Two are too few.
            clock.advance(.mergeLook)
            let each = try await workshop.deliver()
            #expect(each.map(\.isRecap) == [false, false])
            #expect(
                try events.map { try standing(workshop, $0) } == [
                    [.notReached(.payloadRefused)], [.notReached(.payloadRefused)], [.reached], [.reached],
                ]
            )
            try check(workshop)
        }
    }

    @Test func `a device that has gone ends each of them at once`() async throws {
        try await night { workshop in
            try await workshop.register("u-1")
            let events = try await publish(workshop, 3)
            try await workshop.registry.remove(installation: "i-u-1", of: Account(userID: "u-1", externalKey: nil))
            sunrise()
            let sent = try await workshop.deliver()
            #expect(sent.isEmpty)
            for event in events { #expect(try standing(workshop, event) == [.notReached(.noDevice)]) }
        }
    }

    @Test func `one that is taken back while it is under way leaves the others to themselves`() async throws {
        try await night { workshop in
            try await workshop.register("u-1")
            let events = try await publish(workshop, 4)
            sunrise()
            let loaded = try workshop.loadDue()
            try await workshop.record(loaded) { _ in SlotResult(.dropped, reason: .withdrawn) }
            try withdraw(workshop, events[0])
            clock.advance(.mergeLook)
            let lane = RecordingLane()
            let sent = try await workshop.deliver(on: lane)
            #expect(sent.map(\.isRecap) == [true] && lane.messages.last?.title == "3 nouvelles publications")
        }
    }

    @Test func `one that was loaded and waits for its lane counts anew`() async throws {
        try await night { workshop in
            try await workshop.register("u-1")
            let events = try await publish(workshop, 4)
            sunrise()
            let loaded = try workshop.loadDue()
            try await workshop.queue.record(loaded.ended, now: clock.now)
            try withdraw(workshop, events[3])
            let batch = LoadedBatch(tag: 0, deliveries: loaded.deliveries, loadedAt: 0, generation: 0)
            let lane = RecordingLane()
            let again = try workshop.loader.reload(batch, on: lane, now: 1)
            #expect(again.deliveries.map(\.collapseID) == loaded.deliveries.map(\.collapseID))
            #expect(lane.messages.last?.title == "3 nouvelles publications")
        }
    }

    // MARK: - What it costs

    /// Publications, and persons they are for. The loader reads 10 deliveries at a time.
    @Test(arguments: [(16, 4), (96, 4), (4, 96)])
    func `what a delivery of the morning costs does not grow with what waits`(events: Int, persons: Int) async throws {
        var limits = Limits()
        limits.personsPerExpansion = 12
        try await night(limits: limits) { workshop in
            let users = (0..<persons).map { "u-\($0)" }
            for user in users { try await workshop.register(user) }
            let published = try await publish(workshop, events, to: users)
            sunrise()
            let before = workshop.loaderStores.rowsRead
            var rings = 0
            var isOver = false
            while !isOver {
                var waits = true
                while waits {
                    let loaded = try workshop.loadDue(limit: 10)
                    waits = !loaded.ended.isEmpty || !loaded.deliveries.isEmpty
                    rings += try await workshop.record(loaded).count
                }
                clock.advance(.mergeLook)
                isOver = try workshop.loadDue(limit: 1).ended.isEmpty
            }
            #expect(rings == persons)
            for event in published { #expect(try workshop.state(of: event) == .done) }
            let each = (workshop.loaderStores.rowsRead - before) / (events * persons)
            #expect(each <= 20, "\(each) rows a delivery")
        }
    }

    // MARK: - Anything, in any order

    @Test(arguments: 0..<16) func `nothing is lost, and nothing counts as rung that was not`(seed: Int) async throws {
        var random = SplitMix64(seed: UInt64(seed))
        var walk = Walk()
        let (from, count) = (Int.random(in: 2...4, using: &random), Int.random(in: 2...7, using: &random))
        var events: [EventID] = []
        try await night(from: from) { workshop in
            for device in 0..<2 {
                try await workshop.register("u-1", installation: "i-\(device)", target: .fcmToken("token-\(device)"))
            }
            events = try await publish(workshop, count)
            sunrise()
        }
        var withdrawn: Set<EventID> = []
        for _ in 0..<6 {
            // A process that works for a while and is killed.
            try await night(from: from) { workshop in
                for _ in 0..<4 {
                    clock.advance(.milliseconds(.random(in: 0...12_000, using: &random)))
                    if Int.random(in: 0..<8, using: &random) == 0, let event = events.randomElement(using: &random) {
                        try withdraw(workshop, event)
                        withdrawn.insert(event)
                    }
                    let loaded = try workshop.loadDue()
                    walk.sent(loaded)
                    switch Int.random(in: 0..<8, using: &random) {
                    case 0: return
                    case 1: return try await workshop.queue.record(loaded.ended, now: clock.now).forEach { _ in }
                    default:
                        let lots = loaded.deliveries.map { _ in Int.random(in: 0..<10, using: &random) }
                        let byID = Dictionary(uniqueKeysWithValues: zip(loaded.deliveries.map(\.id), lots))
                        try await workshop.record(loaded) { delivery in
                            let result: SlotResult =
                                switch byID[delivery.id] ?? 0 {
                                case 0..<5: Workshop.accept(delivery)
                                case 5: SlotResult(.rejected, reason: .payloadRefused)
                                case 6: SlotResult(.dead, reason: .dead)
                                default: SlotResult(.deferred, reason: .retrying)
                                }
                            walk.answered(delivery, result)
                            return result
                        }
                    }
                }
            }
        }
        try await night(from: from) { workshop in
            for _ in 0..<30 {
                clock.advance(.seconds(300))
                let loaded = try workshop.loadDue()
                walk.sent(loaded)
                try await workshop.record(loaded) { delivery in
                    walk.answered(delivery, Workshop.accept(delivery))
                    return Workshop.accept(delivery)
                }
            }
            for event in events {
                let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
                for delivery in report.persons.flatMap(\.deliveries) {
                    #expect(
                        walk.explains(delivery.id, delivery.result, isWithdrawn: withdrawn.contains(event)),
                        "\(delivery)"
                    )
                }
                #expect(try workshop.state(of: event) == .done || withdrawn.contains(event))
            }
        }
    }
}

/// What was sent and answered, apart from the store.
private struct Walk {
    /// Whom each delivery that is under way as a recap announces.
    private var underWay: [DeliveryID: Set<DeliveryID>] = [:]
    private var rungAlone: Set<DeliveryID> = []
    private var rungInRecap: Set<DeliveryID> = []
    private var refused: [DeliveryID: SlotResult] = [:]

    mutating func sent(_ loaded: DeliveryLoader.Loaded) {
        for delivery in loaded.deliveries {
            let followers = loaded.ended.filter { $0.group?.carrier == delivery.id && $0.result == .inRecap }
                .map { DeliveryID(page: $0.page, slot: $0.slot) }
            underWay[delivery.id] = delivery.isRecap ? Set(followers + [delivery.id]) : nil
            #expect(delivery.isRecap == !followers.isEmpty)
        }
        let own = loaded.deliveries.map(\.id)
        #expect(Set(own).count == own.count)
        #expect(Set(own).isDisjoint(with: loaded.ended.map { DeliveryID(page: $0.page, slot: $0.slot) }))
    }

    mutating func answered(_ delivery: LoadedDelivery, _ result: SlotResult) {
        switch result.state {
        case .accepted:
            if delivery.isRecap {
                rungInRecap.formUnion(underWay[delivery.id] ?? [])
            } else {
                rungAlone.insert(delivery.id)
            }
        case .deferred: break
        default: refused[delivery.id] = result
        }
    }

    func explains(_ id: DeliveryID, _ result: SlotResult, isWithdrawn: Bool) -> Bool {
        switch result.state {
        case .accepted: result.reason == .recap ? rungInRecap.contains(id) : rungAlone.contains(id)
        case .rejected, .dead: refused[id] == result
        case .dropped: isWithdrawn
        default: false
        }
    }
}
