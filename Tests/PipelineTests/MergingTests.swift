import Contract
import Domain
import Providers
import SQLite
import Store
import Testing

@testable import Delivery
@testable import Pipeline

/// The same words posted apart ring a person once, and nobody is lost for it.
@Suite(.timeLimit(.minutes(1)))
struct MergingTests {
    private let folder: TemporaryFolder
    private static let words = [UInt8](repeating: 1, count: 32)

    init() throws { folder = try TemporaryFolder() }

    private func standings(_ workshop: Workshop, _ event: EventID) throws -> [Standing] {
        try #require(try workshop.reader.report(on: event, laneReason: { _ in nil })).persons.map(\.standing)
    }

    /// Two events of the same words: the first to u-1, the second to u-1 and u-2.
    private func twoEvents(_ workshop: Workshop) async throws -> (EventID, EventID) {
        for user in ["u-1", "u-2"] { try await workshop.register(user) }
        let first = try await workshop.accept(["u-1"], mergeKey: Self.words)
        let second = try await workshop.accept(["u-1", "u-2"], mergeKey: Self.words)
        try await workshop.expander.work()
        return (first, second)
    }

    @Test func `whom the first event rings, the second counts as reached, and rings the others`() async throws {
        try await withWorkshop(folder) { workshop in
            let (first, second) = try await twoEvents(workshop)
            #expect(try workshop.results(of: second) == [.merging, .pending])
            #expect(try standings(workshop, second) == [.waiting(.merged), .waiting(nil)])

            try await workshop.deliver()
            workshop.clock.advance(.mergeLook)
            try await workshop.deliver()

            #expect(try workshop.results(of: first).map(\.state) == [.accepted])
            #expect(try workshop.results(of: second).map(\.state) == [.withheld, .accepted])
            #expect(try standings(workshop, second) == [.reachedElsewhere(.merged), .reached])
            #expect(try workshop.state(of: second) == .done)
            let view = EventStatus.view(try #require(try workshop.reader.report(on: second, laneReason: { _ in nil })))
            #expect(view.mergedWith == [.string(first.description)])
            #expect(view.otherUsers == 2)
        }
    }

    @Test func `nothing is merged that says something else, or was said too long before`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            var events = [try await workshop.accept(["u-1"], mergeKey: Self.words)]
            events.append(try await workshop.accept(["u-1"], mergeKey: [UInt8](repeating: 2, count: 32)))
            events.append(try await workshop.accept(["u-1"]))
            workshop.clock.advance(.seconds(61))
            events.append(try await workshop.accept(["u-1"], mergeKey: Self.words))
            try await workshop.expander.work()
            #expect(
                try events.map { try workshop.results(of: $0) } == [[.pending], [.pending], [.pending], [.pending]]
            )
        }
    }

    @Test func `a delivery that fails for good leaves the ringing to the second event`() async throws {
        try await withWorkshop(folder) { workshop in
            let (first, second) = try await twoEvents(workshop)
            let page = try #require(try workshop.reader.openPages().first { $0.event == first })
            try await workshop.queue.record(
                [Outcome(page: page.page, slot: 0, result: SlotResult(.rejected, reason: .payloadRefused))],
                now: workshop.clock.now
            )
            workshop.clock.advance(.mergeLook)
            try await workshop.deliver()
            #expect(try workshop.results(of: second).map(\.state) == [.accepted, .accepted])
        }
    }

    @Test func `a first event that is taken back leaves the ringing to the second`() async throws {
        try await withWorkshop(folder) { workshop in
            let (first, second) = try await twoEvents(workshop)
            try workshop.damage("queue.db") { connection in
                try connection.run("UPDATE event SET withdrawal = 1 WHERE id = ?", first.rawValue)
            }
            workshop.clock.advance(.mergeLook)
            try await workshop.deliver()
            #expect(try workshop.results(of: first).map(\.state) == [.dropped])
            #expect(try workshop.results(of: second).map(\.state) == [.accepted, .accepted])
        }
    }

    @Test func `a first event that an operator holds holds up nobody`() async throws {
        try await withWorkshop(folder) { workshop in
            let (first, second) = try await twoEvents(workshop)
            let page = try #require(try workshop.reader.openPages().first { $0.event == first })
            try await workshop.queue.record(
                [Outcome(page: page.page, slot: 0, result: SlotResult(.held, reason: .held))],
                now: workshop.clock.now
            )
            workshop.clock.advance(.mergeLook)
            try await workshop.deliver()
            #expect(try workshop.results(of: first).map(\.state) == [.held])
            #expect(try workshop.results(of: second).map(\.state) == [.accepted, .accepted])
            // What is published while it is held waits for what rings, not for it.
            let third = try await workshop.accept(["u-1"], mergeKey: Self.words)
            try await workshop.expander.work()
            workshop.clock.advance(.mergeLook)
            try await workshop.deliver()
            #expect(try standings(workshop, third) == [.reachedElsewhere(.merged)])
        }
    }

    @Test func `of two that wait for the morning one rings`() async throws {
        // A Friday, 20:31 in Paris, and Monday at seven.
        let (evening, monday) = (Instant(seconds: 1_795_807_860), Instant(seconds: 1_796_018_400))
        var policy = QuietPolicy()
        policy.releaseSpread = .zero
        let clock = Workshop.Clock(evening)
        try await withWorkshop(folder, clock: clock, rules: DeliveryRules(quiet: policy)) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            let weekend = Duration.seconds(72 * 3600)
            let first = try await workshop.accept(["u-1"], lifetime: weekend, mergeKey: Self.words)
            let second = try await workshop.accept(["u-1", "u-2"], lifetime: weekend, mergeKey: Self.words)
            try await workshop.expander.work()
            #expect(try standings(workshop, second) == [.waiting(.quietHours), .waiting(.quietHours)])
            clock.advance(monday - clock.now)
            let sent = try await workshop.deliver()
            #expect(sent.map(\.push.receiver) == ["u-1", "u-2"])
            #expect(try standings(workshop, second) == [.waiting(.merged), .reached])
            // The other has not waited for it all night: it looks soon.
            clock.advance(.mergeLook)
            let more = try await workshop.deliver()
            #expect(more.isEmpty)
            #expect(try standings(workshop, second) == [.reachedElsewhere(.merged), .reached])
            #expect(try workshop.state(of: first) == .done && workshop.state(of: second) == .done)
        }
    }

    @Test func `of two that wait for the morning the second rings when the first is refused`() async throws {
        let (evening, monday) = (Instant(seconds: 1_795_807_860), Instant(seconds: 1_796_018_400))
        var policy = QuietPolicy()
        policy.releaseSpread = .zero
        let clock = Workshop.Clock(evening)
        try await withWorkshop(folder, clock: clock, rules: DeliveryRules(quiet: policy)) { workshop in
            try await workshop.register("u-1")
            let weekend = Duration.seconds(72 * 3600)
            for _ in 0..<2 { try await workshop.accept(["u-1"], lifetime: weekend, mergeKey: Self.words) }
            try await workshop.expander.work()
            clock.advance(monday - clock.now)
            let refused = try await workshop.deliver { _ in SlotResult(.rejected, reason: .payloadRefused) }
            clock.advance(.mergeLook)
            let sent = try await workshop.deliver()
            #expect(refused.count == 1 && sent.count == 1)
        }
    }

    @Test func `while the first waits the second looks again, ever more seldom, until its time ends`() async throws {
        try await withWorkshop(folder) { workshop in
            let (first, second) = try await twoEvents(workshop)
            let page = try #require(try workshop.reader.openPages().first { $0.event == first })
            try await workshop.queue.record(
                [
                    Outcome(
                        page: page.page,
                        slot: 0,
                        result: SlotResult(.deferred, reason: .retrying),
                        retryAt: workshop.clock.now + .seconds(1800),
                        attempts: 1
                    )
                ],
                now: workshop.clock.now
            )
            var looks = 0
            for _ in 0..<358 {
                workshop.clock.advance(.seconds(5))
                let due = try workshop.reader.dueRetries(on: workshop.lane, now: workshop.clock.now, limit: 10)
                if due.contains(where: { $0.event == second }) { looks += 1 }
                try await workshop.deliver()
            }
            #expect(looks > 5 && looks < 40, "\(looks)")
            #expect(try workshop.results(of: second)[0] == .merging)
            workshop.clock.advance(.seconds(600))
            try await workshop.deliver()
            workshop.clock.advance(.seconds(600))
            try await workshop.deliver()
            #expect(try workshop.results(of: first).map(\.state) == [.accepted])
            #expect(try standings(workshop, second)[0] == .reachedElsewhere(.merged))
        }
    }

    @Test func `of three the third finds whom only the second rings`() async throws {
        try await withWorkshop(folder) { workshop in
            let (_, second) = try await twoEvents(workshop)
            let third = try await workshop.accept(["u-1", "u-2"], mergeKey: Self.words)
            try await workshop.expander.work()
            #expect(try workshop.results(of: third) == [.merging, .merging])
            for _ in 0..<3 {
                try await workshop.deliver()
                workshop.clock.advance(.seconds(5))
            }
            #expect(try standings(workshop, second) == [.reachedElsewhere(.merged), .reached])
            #expect(try standings(workshop, third) == [.reachedElsewhere(.merged), .reachedElsewhere(.merged)])
        }
    }

    @Test func `what was merged is merged after a restart, and an event half expanded goes on as it began`()
        async throws
    {
        var limits = Limits()
        limits.personsPerExpansion = 1
        let clock = Workshop.Clock(Workshop.start)
        let (first, second) = try await withWorkshop(folder, clock: clock, limits: limits) { workshop in
            try await twoEvents(workshop)
        }
        try await withWorkshop(folder, clock: clock, limits: limits) { workshop in
            #expect(try workshop.results(of: second) == [.merging, .pending])
            #expect(try workshop.reader.event(second)?.mergedWith == [first])
            try await workshop.deliver()
            clock.advance(.mergeLook)
            try await workshop.deliver()
            #expect(try standings(workshop, second) == [.reachedElsewhere(.merged), .reached])
        }
    }

    // MARK: - The key

    private func key(_ change: (inout Publication) -> Void = { _ in }, publisher: String = "one") -> [UInt8]? {
        var publication = Publication(
            app: "BLOG",
            action: "PUBLISH-POST",
            audience: [.schoolClass("c1")],
            authorID: "t-1",
            title: "T",
            body: "B",
            resourceID: "r1"
        )
        change(&publication)
        let admission = Admission(
            publication: publication,
            publisher: Publisher(name: publisher, sources: [], schools: nil, rights: [.events])
        )
        return MergeKey.of(admission.terms(of: PublicationCatalogue(), now: Workshop.start), publisher: publisher)
    }

    @Test func `the key is of author, kind and text, not of audience and resource`() {
        let plain = key()
        #expect(plain?.count == 32)
        #expect(key { $0.audience = [.schoolClass("c2")] } == plain)
        #expect(key { $0.resourceID = "r2" } == plain)
        let others = [
            key { $0.authorID = "t-2" }, key { $0.app = "NEWS" }, key { $0.action = "SHARE" }, key { $0.title = "U" },
            key { $0.body = "B." },
            key {
                $0.title = "TB"; $0.body = ""
            }, key { $0.urgency = .urgent },
            key { $0.dataClass = .generic }, key(publisher: "two"),
        ]
        #expect(others.allSatisfy { $0 != nil && $0 != plain })
        #expect(Set(others).count == others.count)
    }

    @Test func `an event without an author or words of its own, or a correction, stands alone`() {
        #expect(key { $0.authorID = nil } == nil)
        #expect(
            key {
                $0.title = nil; $0.body = ""
            } == nil
        )
        #expect(
            key {
                $0.title = "push.notif.new.message"; $0.body = ""
            } == nil
        )
        #expect(key { $0.revision = 1 } == nil)
        #expect(key { $0.wantsPush = false } == nil)
    }
}
