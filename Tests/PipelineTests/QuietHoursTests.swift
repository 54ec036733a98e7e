import Domain
import LocalTime
import Providers
import Store
import Testing

@testable import Delivery
@testable import Pipeline

/// What is published in the evening waits, rings in the morning, and is looked at again before.
@Suite(.timeLimit(.minutes(1)))
struct QuietHoursTests {
    /// A Friday, 20:31 in Paris; seven o'clock on Monday.
    private static let evening = Instant(seconds: 1_795_807_860)
    private static let monday = Instant(seconds: 1_796_018_400)
    private static let saintEtienne = "0429901A"

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func rules(spread: Duration = .zero, _ change: (inout QuietPolicy) -> Void = { _ in }) -> DeliveryRules {
        var policy = QuietPolicy()
        policy.releaseSpread = spread
        change(&policy)
        return DeliveryRules(quiet: policy)
    }

    private func evening<T>(
        _ rules: DeliveryRules? = nil,
        at start: Instant = evening,
        _ body: (Workshop) async throws -> T
    ) async throws -> T {
        try await withWorkshop(folder, clock: .init(start), rules: rules ?? self.rules(), body)
    }

    private func move(_ workshop: Workshop, to instant: Instant) {
        workshop.clock.advance(instant - workshop.clock.now)
    }

    private func check(_ workshop: Workshop) throws {
        var conservation = Conservation(workshop.reader)
        let violations = try conservation.check().violations
        #expect(violations.isEmpty, "\(violations)")
    }

    private func standing(_ workshop: Workshop, _ event: EventID) throws -> [EventReport.Standing] {
        try #require(try workshop.reader.report(on: event, laneReason: { _ in nil })).persons.map(\.standing)
    }

    @Test func `the dates of these tests`() {
        #expect(Self.evening.rfc3339 == "2026-11-27T19:31:00Z")
        #expect(Self.monday.rfc3339 == "2026-11-30T06:00:00Z")
    }

    @Test func `an evening publication waits, shows until when, and rings in the morning`() async throws {
        try await evening { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            let event = try await workshop.accept(["u-1", "u-2"], lifetime: .seconds(72 * 3600))
            try await workshop.expander.work()
            #expect(
                try workshop.results(of: event)
                    == Array(repeating: SlotResult(.deferred, reason: .quietHours), count: 2)
            )
            #expect(try standing(workshop, event) == [.waiting(.quietHours), .waiting(.quietHours)])
            let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
            #expect(report.persons.map(\.opensAt) == [Self.monday, Self.monday])
            // Its time to live counts from the release.
            #expect(report.event.expiresAt == Self.monday + .seconds(72 * 3600))
            let waiting = try workshop.reader.waitingForQuietHours()
            #expect(waiting.count == 2 && waiting.opensAt == Self.monday)
            try check(workshop)

            // Nothing rings at night, and nothing expires over the weekend.
            move(workshop, to: Self.monday - .seconds(1))
            var progress = workshop.sweeper.begin()
            await workshop.sweeper.pass(&progress)
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .sending)
            move(workshop, to: Self.monday)
            try await workshop.deliver()
            #expect(try workshop.results(of: event).map(\.state) == [.accepted, .accepted])
            #expect(try workshop.state(of: event) == .done)
            try check(workshop)
        }
    }

    @Test(arguments: ["signed out", "registered elsewhere", "revoked"])
    func `a device that is gone in the morning was refused by no provider`(how: String) async throws {
        try await evening { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"], lifetime: .seconds(72 * 3600))
            try await workshop.expander.work()
            switch how {
            case "signed out":
                let account = Account(userID: "u-1", externalKey: nil)
                try await workshop.registry.remove(installation: "i-u-1", of: account)
            case "registered elsewhere":
                try await workshop.register("u-1", target: .apns(String(repeating: "ab", count: 32)))
            default: _ = try await workshop.registry.revoke("i-u-1", now: workshop.clock.now)
            }
            move(workshop, to: Self.monday)
            try await workshop.deliver()
            #expect(try standing(workshop, event) == [.notReached(.noDevice)])
            try check(workshop)
        }
    }

    /// A class of Lyon, whose guardian 2009 has an account of her own until the ENT says that she is also 2001 of the other feed.
    @Test func `who becomes one person with another overnight is rung in the morning`() async throws {
        try await evening { workshop in
            try await workshop.deliverTwoFeeds()
            for user in ["nadia", "n.benali"] { try await workshop.register(user) }
            let event = try await workshop.accept([], lifetime: .seconds(72 * 3600)) {
                $0.audience = [.schoolClass("CP", school: "0699901B")]
            }
            try await workshop.expander.work()
            #expect(try standing(workshop, event) == [.waiting(.quietHours)])
            try await workshop.tell("nadia", is: "2009", of: "lyon")

            move(workshop, to: Self.monday)
            try await workshop.deliver()
            #expect(try workshop.results(of: event).map(\.state) == [.accepted])
            #expect(try standing(workshop, event) == [.reached])
            try check(workshop)
        }
    }

    @Test func `the release is spread, for each person at one place`() async throws {
        try await evening(rules(spread: .seconds(900))) { workshop in
            for user in 0..<40 { try await workshop.register("u-\(user)") }
            for _ in 0..<2 { try await workshop.accept((0..<40).map { "u-\($0)" }, lifetime: .seconds(72 * 3600)) }
            try await workshop.expander.work()
            let waits = try workshop.reader.waiting(after: nil, limit: 100)
            #expect(waits.count == 80 && Set(waits.map(\.wait.opensAt)) == [Self.monday])
            let due = waits.map(\.wait.dueAt)
            #expect(due.allSatisfy { (Self.monday..<Self.monday + .seconds(900)).contains($0) })
            #expect(Set(due).count == 40)
            // Of one place the older goes first.
            let retries = try workshop.reader.dueRetries(
                on: workshop.lane,
                now: Self.monday + .seconds(900),
                limit: 100
            )
            for (first, second) in zip(retries, retries.dropFirst()) where first.dueAt == second.dueAt {
                #expect(first.event.rawValue < second.event.rawValue)
            }
        }
    }

    @Test func `an end that the event names stands`() async throws {
        try await evening { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"], lifetime: .seconds(3600)) {
                $0.expiresAt = Self.evening + .seconds(3600)
            }
            try await workshop.expander.work()
            move(workshop, to: Self.evening + .seconds(3600))
            var progress = workshop.sweeper.begin()
            await workshop.sweeper.pass(&progress)
            #expect(try workshop.results(of: event) == [SlotResult(.expired, reason: .expired)])
            try check(workshop)
        }
    }

    @Test func `urgent, switched off, and in the daytime nothing waits`() async throws {
        try await evening { workshop in
            try await workshop.register("u-1")
            let urgent = try await workshop.accept(["u-1"]) { $0.urgency = .urgent }
            try await workshop.expander.work()
            #expect(try workshop.results(of: urgent) == [.pending])
            workshop.rules.replace(.none)
            let off = try await workshop.accept(["u-1"])
            try await workshop.expander.work()
            #expect(try workshop.results(of: off) == [.pending])
            workshop.rules.replace(rules())
            move(workshop, to: Self.monday)
            let day = try await workshop.accept(["u-1"])
            try await workshop.expander.work()
            #expect(try workshop.results(of: day) == [.pending])
        }
    }

    @Test func `own hours hold up one of two, on a page of its own`() async throws {
        // Monday, 12:00 in Paris.
        let noon = Self.monday + .seconds(5 * 3600)
        try await evening(at: noon) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            let pause = try Pause(from: "11:30", to: "13:00")
            try await workshop.choose("u-2") {
                $0.quietHours = OwnQuietHours(isEnabled: true, timezone: "Europe/Paris", pauses: [pause])
            }
            let event = try await workshop.accept(["u-1", "u-2"], lifetime: .seconds(72 * 3600))
            try await workshop.expander.work()
            #expect(try workshop.results(of: event).map(\.state) == [.pending, .deferred])
            let pages = try workshop.reader.openPages().count
            #expect(pages == 1)
            try await workshop.deliver()
            #expect(try standing(workshop, event) == [.reached, .waiting(.quietHours)])
            move(workshop, to: noon + .seconds(3600))
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            try check(workshop)
        }
    }

    @Test func `switches of the administrator, the parent and the kind`() async throws {
        var rules = rules { $0.isEnabled = false }
        rules.kind = { app, _ in KindSwitch(isDisabled: app == "OFF", push: app != "QUIET") }
        try await evening(rules) { workshop in
            for user in ["u-1", "u-2", "u-3"] { try await workshop.register(user) }
            try await workshop.choose("u-1") { $0.set("BLOG.POST", push: false) }
            try await workshop.choose("u-2") {
                $0.set("QUIET.POST", push: true)
                $0.set("OFF.POST", push: true)
            }
            func results(_ app: String) async throws -> [Reason?] {
                let event = try await workshop.accept(["u-1", "u-2", "u-3"]) { $0.app = app }
                try await workshop.expander.work()
                return try workshop.results(of: event).sorted {
                    ($0.reason?.rawValue ?? 0) < ($1.reason?.rawValue ?? 0)
                }
                .map(\.reason)
            }
            #expect(try await results("BLOG") == [nil, nil, .optedOut])
            #expect(try await results("blog") == [nil, nil, .optedOut])
            #expect(try await results("QUIET") == [nil, .optedOut, .optedOut])
            #expect(try await results("OFF") == [.kindDisabled, .kindDisabled, .kindDisabled])
        }
    }

    @Test func `what waits is looked at again before it rings`() async throws {
        try await evening { workshop in
            for user in ["u-1", "u-2", "u-3"] { try await workshop.register(user) }
            let event = try await workshop.accept(["u-1", "u-2", "u-3"], lifetime: .seconds(72 * 3600))
            try await workshop.expander.work()
            // One switches the kind off, one signs out, one will still be quiet.
            try await workshop.choose("u-1") { $0.set("BLOG.POST", push: false) }
            try await workshop.registry.remove(installation: "i-u-2", of: Account(userID: "u-2", externalKey: nil))
            let pause = try Pause(from: "06:00", to: "08:15")
            try await workshop.choose("u-3") {
                $0.quietHours = OwnQuietHours(isEnabled: true, timezone: nil, pauses: [pause])
            }
            move(workshop, to: Self.monday)
            try await workshop.deliver()
            #expect(
                try standing(workshop, event) == [
                    .notReached(.optedOut), .notReached(.noDevice), .waiting(.quietHours),
                ]
            )
            let waiting = try workshop.reader.waitingForQuietHours()
            #expect(waiting.count == 1 && waiting.opensAt == Self.monday + .seconds(75 * 60))
            try check(workshop)
            move(workshop, to: Self.monday + .seconds(75 * 60))
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            try check(workshop)
        }
    }

    @Test func `a page that was not sent before the evening waits, too`() async throws {
        let before = Self.evening - .seconds(45 * 60)
        try await evening(at: before) { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"], lifetime: .seconds(72 * 3600))
            try await workshop.expander.work()
            #expect(try workshop.results(of: event) == [.pending])
            // A paused lane, a provider that is away: it comes to it after eight.
            move(workshop, to: Self.evening)
            try await workshop.deliver()
            #expect(try workshop.results(of: event) == [SlotResult(.deferred, reason: .quietHours)])
            try check(workshop)
            move(workshop, to: Self.monday)
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
        }
    }

    @Test func `a policy that changes reaches what waits`() async throws {
        try await evening { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"], lifetime: .seconds(72 * 3600))
            try await workshop.expander.work()
            let waiting = try workshop.waiting()
            #expect(try await waiting.look() == 0)
            // Later: until eight.
            let week = WeekOfMinutes([try Pause(from: "Fri 20:00", to: "Mon 08:00")])
            var later = rules { $0.week = week }
            later.generation = 1
            workshop.rules.replace(later)
            #expect(try await waiting.look() == 1)
            #expect(try workshop.reader.waitingForQuietHours().opensAt == Self.monday + .seconds(3600))
            #expect(try await waiting.look() == 0)
            // Not at all: now.
            var open = rules { $0.isEnabled = false }
            open.generation = 2
            workshop.rules.replace(open)
            #expect(try await waiting.look() == 1)
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            try check(workshop)
        }
    }

    @Test func `a wish that changes reaches what waits`() async throws {
        try await evening { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"], lifetime: .seconds(72 * 3600))
            try await workshop.expander.work()
            let waiting = try workshop.waiting()
            _ = try await waiting.look()
            try await workshop.choose("u-1") { $0.set("BLOG.POST", push: false) }
            #expect(try await waiting.look() == 1)
            try await workshop.deliver()
            #expect(try standing(workshop, event) == [.notReached(.optedOut)])
            #expect(try workshop.state(of: event) == .done)
            try check(workshop)
        }
    }

    @Test func `an order that binds the whole event binds what would wait`() async throws {
        try await evening { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"], lifetime: .seconds(72 * 3600))
            var scope = OrderScope()
            scope.words[.event] = [event.description]
            _ = try await workshop.queue.begin(
                NewOperation(actor: "a", verb: .withdraw, scope: scope, matched: 0, eligible: 0, why: "w"),
                now: workshop.clock.now
            )
            try await workshop.expander.work()
            #expect(try workshop.results(of: event).map(\.reason) == [.withdrawn])
            #expect(try workshop.reader.waitingForQuietHours().count == 0)
            try check(workshop)
        }
    }

    // MARK: - Children

    @Test func `a guardian lost meanwhile is not rung, and a muted class mutes only itself`() async throws {
        try await evening { workshop in
            try await workshop.importFamily()
            for user in ["g-1", "g-2"] { try await workshop.register(user) }
            let school = Self.saintEtienne
            let waits = try await workshop.accept([], lifetime: .seconds(72 * 3600)) {
                $0.school = school
                $0.audience = [.schoolClass("c-1")]
            }
            try await workshop.expander.work()
            #expect(try standing(workshop, waits) == [.waiting(.quietHours), .waiting(.quietHours)])
            try await workshop.importFamily(without: "g-2")
            move(workshop, to: Self.monday)
            try await workshop.deliver()
            #expect(try standing(workshop, waits).contains(.notReached(.noGuardian)))
            try check(workshop)

            try await workshop.choose("g-1") { $0.mutedClasses = ["c-1"] }
            func standings(_ audience: [AudienceMember]) async throws -> [EventReport.Standing] {
                let event = try await workshop.accept([]) {
                    $0.school = school
                    $0.audience = audience
                }
                try await workshop.expander.work()
                return try standing(workshop, event)
            }
            #expect(try await standings([.schoolClass("c-1")]) == [.notReached(.muted)])
            #expect(try await standings([.schoolClass("c-1"), .school(school)]) == [.waiting(nil)])
            #expect(try await standings([.school(school)]) == [.waiting(nil)])
            #expect(try await standings([.schoolClass("c-1"), .user("g-1")]) == [.waiting(nil)])
            #expect(try await standings([.schoolClass("c-1"), .pupil("p-1")]) == [.waiting(nil)])
        }
    }

    @Test(
        arguments: [
            (0, 900, nil), (60, 900, nil), (900, 900, nil), (901, 900, 0), (7200, 900, 0), (60, 0, 0), (-5, 900, nil),
        ] as [(Int64, Int64, Int64?)]
    )
    func `what may ring now keeps its place in the window`(due: Int64, spread: Int64, expected: Int64?) {
        let now = Self.monday
        let wait = QuietWait(opensAt: now, dueAt: now + .seconds(due))
        let change = WaitChange.of(wait, nil, spread: .seconds(spread), now: now)
        #expect(change?.dueAt == expected.map { now + .seconds($0) })
    }
}

extension Workshop {
    fileprivate func choose(_ user: String, _ change: @escaping @Sendable (inout Wishes) -> Void) async throws {
        _ = try await registry.changeWishes(of: user, now: clock.now) { before -> StoredWishes in
            var after = before
            change(&after.wishes)
            return after
        }
    }

    fileprivate func waiting() throws -> QuietHoursReview {
        try QuietHoursReview(
            queue: queue,
            stores: SQLiteStores(folder: folder),
            wishChanges: registry.wishChanges,
            rules: rules,
            time: clock.source,
            logger: Self.logger
        )
    }

    /// One class with one pupil, who has two guardians whose accounts are named as they are.
    fileprivate func importFamily(without gone: String? = nil) async throws {
        let guardians: [String] = ["g-1", "g-2"].filter { $0 != gone }
        let place = PupilRecord.Membership.Place.schoolClass(key: "c-1", school: "s-1", name: "CP")
        let records: [DirectoryRecord] =
            [.school(SchoolRecord(key: "s-1", uai: "0429901A", name: "S"))]
            + guardians.map { .guardian(PersonRecord(key: $0, lastName: "L", firstName: "F")) } + [
                .pupil(
                    PupilRecord(
                        person: PersonRecord(key: "p-1", lastName: "L", firstName: "F"),
                        memberships: [.init(place: .school(key: "s-1")), .init(place: place)],
                        guardians: guardians.map { .init(key: $0, raw: "") }
                    )
                )
            ]
        let staged = try await registry.beginImport(ImportOrigin(format: "aaf1d", mode: "complete"), scope: .feed)
        let users = guardians.map { UserRecord(id: $0, externalKey: $0, profile: .relative, locale: nil) }
        let changes = records.map { DirectoryChange(.put($0)) } + users.map { DirectoryChange(.putUser($0)) }
        let met = try await registry.stage(changes, of: staged)
        let report = try await registry.finishImport(
            staged,
            limits: ImportLimits(isYearChange: true),
            dryRun: false,
            warnings: met,
            warningsTotal: met.count,
            day: CalendarDay(daysSince1970: Int32(clock.now.seconds / 86_400)),
            now: clock.now,
            approval: nil
        )
        guard report.state == .applied else { throw StoreError.failed("\(report.state)") }
    }
}
