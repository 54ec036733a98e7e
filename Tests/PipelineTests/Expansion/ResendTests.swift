import Domain
import Providers
import SQLite
import Store
import Testing

@testable import Delivery
@testable import Pipeline

/// Rings once more those whom an event did not reach, and nobody else.
@Suite(.timeLimit(.minutes(2)))
struct ResendTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Carries an order out as the runner does, a step after another.
    ///
    /// - Returns: how many steps it took.
    @discardableResult
    private func resend(
        _ event: EventID,
        _ workshop: Workshop,
        operation: Int64 = 1,
        from person: Int64 = 0,
        stepsMax: Int = .max
    ) async throws -> Int {
        let resend = try #require(try await workshop.expander.resend(of: event))
        var cursor: Resend.Cursor? = .init(part: 0, person: PersonID(rawValue: person))
        var steps = 0
        while let from = cursor, steps < stepsMax {
            cursor = try await workshop.expander.resend(resend, operation: operation, behind: from)
            steps += 1
        }
        return steps
    }

    private func missing(_ event: EventID, _ workshop: Workshop) async throws -> [Int] {
        let missing = try #require(try await workshop.expander.missing(of: event))
        return [missing.persons, missing.deliveries]
    }

    private func order(_ event: EventID, _ workshop: Workshop) async throws -> Int64 {
        var scope = OrderScope()
        scope.words[.event] = [event.description]
        return try await workshop.queue.begin(
            NewOperation(actor: "test", verb: .resend, scope: scope, matched: 0, eligible: 0, why: ""),
            now: workshop.clock.now
        ).id
    }

    /// An event to `users`, those of `gone` without a phone, at its end.
    private func ended(_ users: [String], gone: [String], _ workshop: Workshop) async throws -> EventID {
        for user in users { try await workshop.register(user) }
        for user in gone {
            try await workshop.registry.remove(
                installation: "i-" + user,
                of: Account(userID: user, externalKey: nil)
            )
        }
        let event = try await workshop.accept(users)
        try await workshop.expander.work()
        try await workshop.deliver()
        #expect(try workshop.state(of: event) == .done)
        return event
    }

    @Test func `who has become one person with somebody who has a phone is rung on it`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.deliverTwoFeeds()
            try await workshop.register("nadia")
            let event = try await workshop.accept([]) { $0.audience = [.schoolClass("CP", school: "0699901B")] }
            try await workshop.expander.work()
            #expect(try workshop.state(of: event) == .done)
            #expect(try await missing(event, workshop) == [0, 0])
            try await workshop.tell("nadia", is: "2009", of: "lyon")

            #expect(try await missing(event, workshop) == [1, 1])
            try await resend(event, workshop, operation: order(event, workshop))
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            #expect(
                try workshop.reader.report(on: event, laneReason: { _ in nil })?.persons.map(\.standing) == [.reached]
            )
        }
    }

    @Test func `those without a phone ring when they have one, once, and the sums stay exact`() async throws {
        try await withWorkshop(folder) { workshop in
            let event = try await ended(["u-1", "u-2", "u-3"], gone: ["u-2", "u-3"], workshop)
            #expect(try await missing(event, workshop) == [0, 0])
            try await workshop.register("u-2")
            #expect(try await missing(event, workshop) == [1, 1])
            let operation = try await order(event, workshop)
            try await resend(event, workshop, operation: operation)
            #expect(try workshop.state(of: event) == .sending)
            // What waits is not missing.
            #expect(try await missing(event, workshop) == [0, 0])
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            let sums = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil })).deliveries
            #expect([sums.total, sums.accepted, sums.withheld] == [3, 2, 1])
            #expect(try workshop.reader.operation(operation)?.changed == 1)
            var check = Conservation(workshop.reader)
            let violations = try check.check().violations
            #expect(violations.isEmpty)
        }
    }

    @Test func `a resend goes on behind its cursor`() async throws {
        var limits = Limits()
        limits.personsPerExpansion = 2
        try await withWorkshop(folder, limits: limits) { workshop in
            let users = (1...7).map { "u-\($0)" }
            let event = try await ended(users, gone: users, workshop)
            for user in users { try await workshop.register(user) }
            let operation = try await order(event, workshop)
            try await resend(event, workshop, operation: operation, stepsMax: 2)
            let cursor = try #require(try workshop.reader.operation(operation)).cursor.rawValue
            #expect(cursor > 0)
            try await resend(event, workshop, operation: operation, from: cursor)
            try await workshop.deliver()
            let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
            #expect(report.persons.map(\.standing) == Array(repeating: .reached, count: 7))
            #expect(
                report.persons.map { $0.deliveries.count { $0.result.state == .accepted } }
                    == Array(repeating: 1, count: 7)
            )
        }
    }

    @Test func `whom nobody knew then rings once known, under the number the event has`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1", "late", "never"])
            try await workshop.expander.work()
            try await workshop.deliver()
            #expect(try await missing(event, workshop) == [0, 0])
            try await workshop.register("late")
            #expect(try await missing(event, workshop) == [1, 1])
            try await resend(event, workshop, operation: try await order(event, workshop))
            try await workshop.deliver()
            let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
            #expect(report.persons.map(\.standing) == [.reached, .reached, .notReached(.unknownUser)])
            #expect([report.deliveries.total, report.deliveries.accepted, report.deliveries.withheld] == [3, 2, 1])
            #expect(try await missing(event, workshop) == [0, 0])
            var check = Conservation(workshop.reader)
            let violations = try check.check().violations
            #expect(violations.isEmpty)
        }
    }

    @Test func `a phone that was found and then handed on does not ring for the one before`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1", "late"])
            try await workshop.expander.work()
            try await workshop.deliver()
            try await workshop.register("late")
            try await resend(event, workshop, operation: try await order(event, workshop))
            try await workshop.registry.remove(installation: "i-late", of: Account(userID: "late", externalKey: nil))
            try await workshop.deliver()
            let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
            #expect(report.persons.map(\.standing) == [.reached, .notReached(.noDevice)])
        }
    }

    /// A Friday, 20:31 in Paris, and seven o'clock on Monday.
    private static let evening = Instant(seconds: 1_795_807_860)
    private static let monday = Instant(seconds: 1_796_018_400)

    /// Events that name somebody whom nobody knew, found by a resend of the evening: they wait for the morning.
    private func nightOfTheFound(_ events: Int = 1, _ body: (Workshop, [EventID]) async throws -> Void) async throws {
        var policy = QuietPolicy()
        policy.releaseSpread = .zero
        let rules = DeliveryRules(quiet: policy)
        try await withWorkshop(folder, clock: .init(Self.evening), rules: rules) { workshop in
            var accepted: [EventID] = []
            for _ in 0..<events { accepted.append(try await workshop.accept(["late"], lifetime: .seconds(72 * 3600))) }
            try await workshop.expander.work()
            try await workshop.register("late")
            for event in accepted {
                try await resend(event, workshop, operation: try await order(event, workshop))
                #expect(try workshop.results(of: event).last == SlotResult(.deferred, reason: .quietHours))
            }
            try await body(workshop, accepted)
        }
    }

    private func change(_ user: String, _ workshop: Workshop, _ change: @escaping @Sendable (inout Wishes) -> Void)
        async throws
    {
        _ = try await workshop.registry.changeWishes(of: user, now: workshop.clock.now) { before -> StoredWishes in
            var after = before
            change(&after.wishes)
            return after
        }
        let waiting = try QuietHoursReview(
            queue: workshop.queue,
            stores: SQLiteStores(folder: folder.path),
            wishChanges: workshop.registry.wishChanges,
            rules: workshop.rules,
            time: workshop.clock.source,
            logger: Workshop.logger
        )
        try await waiting.look()
    }

    @Test func `whoever was found by a resend is looked at again in the morning`() async throws {
        try await nightOfTheFound { workshop, events in
            try await change("late", workshop) { $0.set("BLOG.POST", push: false) }
            workshop.clock.advance(Self.monday - workshop.clock.now)
            try await workshop.deliver()
            #expect(try workshop.results(of: events[0]).last == SlotResult(.withheld, reason: .optedOut))
            #expect(try workshop.state(of: events[0]) == .done)
        }
    }

    @Test func `somebody else's wish rings nobody at night who was found by a resend`() async throws {
        try await nightOfTheFound { workshop, events in
            try await workshop.register("other")
            try await change("other", workshop) { $0.set("NEWS.POST", push: false) }
            let sent = try await workshop.deliver()
            #expect(sent.isEmpty)
            #expect(try workshop.results(of: events[0]).last == SlotResult(.deferred, reason: .quietHours))
            workshop.clock.advance(Self.monday - workshop.clock.now)
            try await workshop.deliver()
            #expect(try workshop.results(of: events[0]).last?.state == .accepted)
        }
    }

    @Test func `own quiet hours hold up whoever was found by a resend`() async throws {
        try await nightOfTheFound { workshop, events in
            let pause = try Pause(from: "06:30", to: "09:00")
            try await change("late", workshop) {
                $0.quietHours = OwnQuietHours(isEnabled: true, timezone: "Europe/Paris", pauses: [pause])
            }
            workshop.clock.advance(Self.monday - workshop.clock.now)
            let early = try await workshop.deliver()
            #expect(early.isEmpty)
            workshop.clock.advance(.seconds(2 * 3600))
            let sent = try await workshop.deliver()
            #expect(sent.map(\.push.receiver) == ["late"])
            #expect(try workshop.results(of: events[0]).last?.state == .accepted)
        }
    }

    @Test func `three for whoever was found by a resend ring once`() async throws {
        try await nightOfTheFound(3) { workshop, events in
            workshop.clock.advance(Self.monday - workshop.clock.now)
            let sent = try await workshop.deliver()
            #expect(sent.map(\.isRecap) == [true])
            workshop.clock.advance(.mergeLook)
            try await workshop.deliver()
            for event in events { #expect(try workshop.results(of: event).last == .acceptedInRecap) }
        }
    }

    @Test func `an order given while no service runs leaves a resend under way to the service`() async throws {
        try await withWorkshop(folder) { workshop in
            let event = try await ended(["u-1"], gone: ["u-1"], workshop)
            try await workshop.register("u-1")
            let operation = try await order(event, workshop)
            try await workshop.register("u-2")
            let other = try await workshop.accept(["u-2"])
            try await workshop.expander.work()
            func runner(_ expander: Expander?) throws -> OrderRunner {
                try OrderRunner(
                    queue: workshop.queue,
                    stores: SQLiteStores(folder: workshop.folder),
                    lanes: .none,
                    expander: expander,
                    time: workshop.clock.source,
                    logger: Workshop.logger
                )
            }
            // As the command does with --offline: nothing is sent, and what an earlier process began is met first.
            let offline = try runner(nil)
            let running = Task { await offline.run() }
            var scope = OrderScope()
            scope.words[.event] = [other.description]
            let report = try await offline.give(
                Order(verb: .hold, scope: scope, why: "test", actor: "test"),
                patience: .seconds(60)
            )
            offline.stop()
            await running.value
            #expect(report.state == "done" && report.changed == 1)
            #expect(try workshop.reader.operation(operation)?.state == .running)

            let service = try runner(workshop.expander)
            let serving = Task { await service.run() }
            while try workshop.reader.operation(operation)?.state == .running { await Task.yield() }
            service.stop()
            await serving.value
            #expect(try workshop.reader.operation(operation)?.state == .done)
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            #expect(try workshop.results(of: event).contains { $0.state == .accepted })
        }
    }

    @Test func `an expired event gets its time to live anew`() async throws {
        try await withWorkshop(folder) { workshop in
            let event = try await ended(["u-1"], gone: ["u-1"], workshop)
            try await workshop.register("u-1")
            workshop.clock.advance(.seconds(7200))
            try await resend(event, workshop, operation: try await order(event, workshop))
            #expect(try workshop.reader.event(event)?.expiresAt == workshop.clock.now + .seconds(3600))
            try await workshop.deliver()
            #expect(try workshop.results(of: event).contains { $0.state == .accepted })
        }
    }

    @Test func `nobody is rung for an event that was withdrawn meanwhile`() async throws {
        try await withWorkshop(folder) { workshop in
            let event = try await ended(["u-1"], gone: ["u-1"], workshop)
            try await workshop.register("u-1")
            let operation = try await order(event, workshop)
            try workshop.damage("queue.db") {
                try $0.execute("UPDATE event SET withdrawal = 9 WHERE id = \(event.rawValue)")
            }
            #expect(try await resend(event, workshop, operation: operation) == 1)
            #expect(try workshop.reader.openPages().isEmpty)
        }
    }
}
