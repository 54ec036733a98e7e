import Database
import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Testing

/// The deep check: silent about what the store makes by itself, and exact about each promise that is broken by hand.
@Suite(.timeLimit(.minutes(1)))
struct ConservationTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Two lanes; an event half sent with a retry and a dead delivery, one done, one half expanded, one scheduled.
    private func fill() async throws {
        let now = TestFolder.start
        try await folder.queue { queue async throws in
            let lane = try await queue.lane(named: "fcm/a", provider: .fcm, now: now).id
            _ = try await queue.lane(named: "apns/a", provider: .apns, now: now)
            let open = try await queue.post(.sample("open")).id
            let page = try #require(try await queue.append(.sample(open, persons: 1...4, lanes: [lane]), now: now))[0]
                .page
            try await queue.record(
                [
                    Outcome(page: page, slot: 0, result: .accepted(attempts: 1, latencyMilliseconds: 3), attempts: 1),
                    Outcome(page: page, slot: 1, result: SlotResult(.dead, reason: .dead), attempts: 8),
                    Outcome(
                        page: page,
                        slot: 2,
                        result: SlotResult(.deferred, reason: .retrying),
                        retryAt: now + .seconds(9),
                        attempts: 1
                    ),
                ],
                now: now
            )
            let done = try await queue.post(.sample("done")).id
            let last = try #require(try await queue.append(.sample(done, persons: 1...2, lanes: [lane]), now: now))[0]
                .page
            try await queue.record(
                (0..<2).map { Outcome(page: last, slot: $0, result: SlotResult(.rejected, reason: .tokenGone)) },
                now: now
            )
            let half = try await queue.post(.sample("half")).id
            _ = try await queue.append(.sample(half, persons: 1...3, lanes: [lane], isLast: false), now: now)
            _ = try await queue.append(.sample(half, part: 1, persons: 5...7, lanes: [lane], isLast: false), now: now)
            _ = try await queue.post(.sample("later", notBefore: now + .seconds(60)))
        }
    }

    private func check() throws -> ConservationReport {
        var conservation = Conservation(try folder.reader())
        return try conservation.check()
    }

    @Test func `a store with all kinds of work in it breaks no promise`() async throws {
        try await fill()

        let report = try check()

        #expect(report.violations == [])
        var counts = ConservationReport.Counts()
        (counts.events, counts.pages, counts.deliveries, counts.persons) = (4, 4, 12, 12)
        (counts.pending, counts.deferred, counts.dead) = (7, 1, 1)
        #expect(report.counts == counts)
    }

    @Test(
        arguments: [
            ("DELETE FROM retry", .retry),
            ("INSERT INTO retry SELECT lane, due_at, delivery + 1, event, 1, expires_at, 0, 0, 0 FROM retry", .retry),
            ("UPDATE retry SET lane = 2", .retry),
            ("DELETE FROM dead", .dead),
            ("UPDATE dead SET delivery = delivery + 2", .dead),
            ("UPDATE page SET state = 1, closed_at = 1 WHERE id = 1", .pageState),
            ("UPDATE page SET state = 0, closed_at = NULL WHERE id = 2", .pageState),
            ("UPDATE page SET closed_at = 1 WHERE id = 1", .pageState),
            ("UPDATE page SET count = 5 WHERE id = 1", .length),
            ("UPDATE result SET slots = zeroblob(6) WHERE page = 1", .length),
            ("UPDATE result SET slots = zeroblob(7) WHERE page = 1", .readable),
            ("UPDATE result SET slots = x'ff00ff00ff00ff00' WHERE page = 1", .readable),
            ("UPDATE plan SET slots = x'02' WHERE page = 1", .readable),
            ("DELETE FROM plan WHERE page = 1", .readable),
            ("UPDATE concerned SET persons = x'01ff' WHERE event IN (SELECT event FROM page WHERE id = 1)", .readable),
            ("UPDATE event SET state = 4, done_at = 1 WHERE id IN (SELECT event FROM page WHERE id = 1)", .eventState),
            ("UPDATE event SET state = 3, done_at = NULL WHERE state = 4", .eventState),
            ("UPDATE event SET done_at = NULL WHERE state = 4", .eventState),
            ("UPDATE event SET parts = 3 WHERE state = 2", .cursor),
            ("UPDATE event SET cursor = 2 WHERE state = 2", .cursor),
            ("UPDATE page SET part = 4 WHERE id = 1", .cursor),
            ("UPDATE page SET person_min = 2 WHERE id = 1", .cursor),
            ("DELETE FROM concerned WHERE part = 1", .accounted),
            ("UPDATE plan SET slots = (SELECT slots FROM plan WHERE page = 2) WHERE page = 1", .length),
            ("UPDATE plan SET slots = (SELECT slots FROM plan WHERE page = 3) WHERE page = 4", .accounted),
            ("DELETE FROM page WHERE id = 1", .orphan),
            ("DELETE FROM event WHERE state = 4", .orphan),
            ("DELETE FROM lane WHERE id = 1", .orphan),
            ("INSERT INTO attempt VALUES (99999, 1, 1, 1, 1, 200, '')", .orphan),
            ("DELETE FROM content WHERE event IN (SELECT id FROM event WHERE state = 0)", .content),
            ("UPDATE idempotency SET event = (SELECT min(id) FROM event)", .content),
        ] as [(String, ConservationReport.Rule)]
    )
    func `a broken promise is named`(change: String, rule: ConservationReport.Rule) async throws {
        try await fill()
        try folder.intruder().execute(change)

        let report = try check()

        #expect(report.violations.contains { $0.rule == rule }, "\(report.violations)")
        #expect(report.violationsTotal == report.violations.count)
    }

    @Test func `a registry with devices breaks no promise, and a device without owner is named`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            try await Sample.register(in: registry)
        }
        let reader = try SQLiteStores(folder: folder.path).registryReader(seal: nil)
        #expect(try reader.violations() == [])

        try folder.intruder("registry.db").execute(
            "PRAGMA foreign_keys = OFF; UPDATE device SET owner = 999999 WHERE id = 1"
        )

        #expect(try reader.violations().map(\.id) == ["device 1"])
    }
}
