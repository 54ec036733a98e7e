import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Testing

@testable import Pipeline

/// What becomes of accepted events, with the real stores.
@Suite(.timeLimit(.minutes(2)))
struct ExpanderTests {
    private let folder: TemporaryFolder

    private static let twoPersons = {
        var limits = Limits()
        limits.personsPerExpansion = 2
        return limits
    }()

    init() throws { folder = try TemporaryFolder() }

    @Test func `an event becomes a page of its receivers, who are rung`() async throws {
        try await withWorkshop(folder) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            let event = try await workshop.accept(["u-1", "u-2"])

            try await workshop.expander.work()

            let page = try #require(try workshop.reader.openPages().first)
            #expect(page.event == event && page.lane == workshop.lane && page.count == 2)
            #expect(try workshop.state(of: event) == .sending)
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
        }
    }

    @Test func `a large audience is cut into steps, and others have their turn between them`() async throws {
        let limits = Self.twoPersons
        try await withWorkshop(folder, limits: limits) { workshop in
            let users = (1...5).map { "u-\($0)" }
            for user in users { try await workshop.register(user) }
            let large = try await workshop.accept(users)
            let small = try await workshop.accept(["u-1"])

            try await workshop.expander.work()

            // The steps of the large one take turns with the small one: its pages stand between theirs.
            let pages = try workshop.reader.openPages().sorted { $0.page < $1.page }
            #expect(pages.map(\.count).reduce(0, +) == 6)
            let turn = try #require(pages.firstIndex { $0.event == small })
            #expect(turn > 0 && turn < pages.count - 1)
            #expect(try workshop.reader.event(large)?.parts == 3)
        }
    }

    @Test func `after a crash between two steps expansion goes on behind the cursor`() async throws {
        let limits = Self.twoPersons
        let event = try await withWorkshop(folder, limits: limits) { workshop in
            for user in 1...5 { try await workshop.register("u-\(user)") }
            let event = try await workshop.accept((1...5).map { "u-\($0)" })
            let people = try (1...5).compactMap { try workshop.devices.person("u-\($0)")?.id }
            let slots = people.prefix(2).map { Plan.Slot(person: $0, device: DeviceID(rawValue: $0.rawValue)) }
            _ = try await workshop.queue.append(
                ExpansionStep(
                    event: event,
                    part: 0,
                    pages: [
                        NewPage(lane: workshop.lane, tag: 0, plan: Plan(slots: slots), result: PageResult(count: 2))
                    ],
                    concerned: ConcernedPersons(
                        entries: people.prefix(2).map { .init(person: $0, role: .other, through: []) }
                    ),
                    cursor: people[1].rawValue,
                    isLast: false,
                    expiresAt: workshop.clock.now + .seconds(3600),
                    pupils: 0,
                    unknownUsers: []
                ),
                now: workshop.clock.now
            )
            return event
        }
        try await withWorkshop(folder, limits: limits) { workshop in
            try await workshop.expander.work()
            let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
            #expect(report.persons.count == 5 && report.deliveries.total == 5)
            #expect(Set(report.persons.map(\.person)).count == 5)
        }
    }

    @Test func `the pupils of a class are counted to the end, and told once after a crash in between`() async throws {
        let children =
            ["Ana": ["u-1", "u-2"], "Bo": ["u-3"], "Cy": ["u-4", "u-1"], "Di": [], "Eve": ["u-5"]] as KeyValuePairs
        func event(_ workshop: Workshop) async throws -> EventID {
            for user in 1...5 { try await workshop.register("u-\(user)") }
            try workshop.family(children)
            try workshop.damage("registry.db") { connection in
                try connection.execute(
                    """
                    INSERT INTO place(id, kind, feed, school_key, key, school, name, uai) VALUES (1, 0, 1, 's', 's', 1, 'S', '0420001A'),
                        (2, 1, 1, 's', 'c', 1, 'C', NULL);
                    INSERT INTO membership(person, place) SELECT person.id, place.id FROM person, place WHERE person.kind = 1;
                    """
                )
            }
            return try await workshop.accept([]) { $0.audience = [.schoolClass("c")] }
        }
        func check(_ event: EventID, _ workshop: Workshop) throws {
            let report = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
            #expect(report.persons.map(\.through.count) == [2, 1, 1, 1, 1])
            #expect(report.event.pupils == 5 && report.pupilsWithoutGuardian.count == 1)
        }
        for interrupted in [false, true] {
            let folder = try TemporaryFolder()
            let event = try await withWorkshop(folder, limits: Self.twoPersons) { workshop in
                let event = try await event(workshop)
                guard interrupted else {
                    try await workshop.expander.work()
                    try check(event, workshop)
                    return event
                }
                // The queue refuses the second step: what was committed is one step.
                try workshop.damage("queue.db") { connection in
                    try connection.execute(
                        """
                        CREATE TRIGGER refusal BEFORE INSERT ON concerned WHEN new.part = 1 BEGIN SELECT RAISE(ABORT, 'no'); END
                        """
                    )
                }
                try? await workshop.expander.work()
                #expect(try workshop.reader.event(event)?.parts == 1)
                try workshop.damage("queue.db") { try $0.execute("DROP TRIGGER refusal") }
                return event
            }
            try await withWorkshop(folder, limits: Self.twoPersons) { workshop in
                try await workshop.expander.work()
                try check(event, workshop)
            }
        }
    }

    @Test func `a scheduled event waits for its time`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"]) { $0.notBefore = workshop.clock.now + .seconds(60) }
            try await workshop.expander.work()
            #expect(try workshop.state(of: event) == .scheduled)
            workshop.clock.advance(.seconds(61))
            try await workshop.expander.work()
            #expect(try workshop.state(of: event) == .sending)
        }
    }

    @Test func `an event whose time is over rings nobody, and everybody is accounted for`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1", "u-9"], lifetime: .seconds(10))
            workshop.clock.advance(.seconds(11))
            try await workshop.expander.work()
            #expect(try workshop.state(of: event) == .done)
            #expect(
                try Set(workshop.results(of: event)) == [
                    SlotResult(.expired, reason: .expired), SlotResult(.withheld, reason: .unknownUser),
                ]
            )
        }
    }

    @Test(arguments: [
        "UPDATE content SET publication = x'7B'", "UPDATE content SET publication = x''", "DELETE FROM content",
        "UPDATE event SET unknown_users = '['", "UPDATE event SET data_class = 9",
        "UPDATE event SET accepted_at = -9223372036854775808",
    ])
    func `an event that cannot be read is named, holds up no other, and ends with its time`(
        damage: String
    ) async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let bad = try await workshop.accept(["u-1"])
            let good = try await workshop.accept(["u-1"])
            let column = damage.contains("content") ? "event" : "id"
            try workshop.damage("queue.db") { try $0.execute("\(damage) WHERE \(column) = \(bad.rawValue)") }

            try await workshop.expander.work()
            #expect(try workshop.state(of: good) == .sending)
            #expect(workshop.queue.unreadable.first(9).map(\.name) == [bad.description])
            #expect(try workshop.reader.unreadable(bad) != nil)

            workshop.clock.advance(.seconds(3601))
            try await workshop.expander.work()
            #expect(try workshop.reader.dueEvents(now: workshop.clock.now, limit: 9).isEmpty)
        }
    }

    @Test func `an event whose parts contradict what is stored stops no other of its round`() async throws {
        try await withWorkshop(folder, limits: Self.twoPersons) { workshop in
            for user in 1...4 { try await workshop.register("u-\(user)") }
            let bad = try await workshop.accept(["u-1", "u-2", "u-3"])
            try await workshop.expander.work()
            // As if the first part had never been made.
            try workshop.damage("queue.db") {
                try $0.execute("UPDATE event SET state = 1, parts = 0, cursor = -1 WHERE id = \(bad.rawValue)")
            }
            let good = try await workshop.accept(["u-4"])
            try await workshop.expander.work()
            #expect(try workshop.state(of: good) == .sending)
            #expect(workshop.queue.unreadable.first(9).map(\.name) == [bad.description])
        }
    }

    @Test func `a device that cannot be read is not rung, its owner's others are`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let bad = try await workshop.register("u-1", installation: "other", target: .fcmToken("token-other"))
            try await workshop.register("u-2")
            try workshop.damage("registry.db") {
                try $0.execute("UPDATE device SET provider = 0 WHERE installation = 'other'")
            }
            let event = try await workshop.accept(["u-1", "u-2"])

            try await workshop.expander.work()
            try await workshop.deliver()

            #expect(try workshop.state(of: event) == .done)
            let results = try workshop.results(of: event)
            #expect(results.count { $0.state == .accepted } == 2)
            #expect(results.contains(SlotResult(.rejected, reason: .addressUnreadable)))
            #expect(workshop.queue.unreadable.first(9) == [UnreadableRowError(.device, bad.id.rawValue, .damaged)])
        }
    }
}
