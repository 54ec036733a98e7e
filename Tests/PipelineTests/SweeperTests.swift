import Contract
import Domain
import SQLite
import Store
import Testing

@testable import Pipeline

/// What ends, and what is forgotten, by time alone.
@Suite(.timeLimit(.minutes(2)))
struct SweeperTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sweep(_ workshop: Workshop) async {
        var progress = workshop.sweeper.begin()
        await workshop.sweeper.pass(&progress)
    }

    /// Two events of one receiver each, expanded.
    private func expanded(_ workshop: Workshop) async throws -> [EventID] {
        try await workshop.register("u-1")
        let events = [try await workshop.accept(["u-1"]), try await workshop.accept(["u-1"], lifetime: .seconds(7200))]
        try await workshop.expander.work()
        return events
    }

    @Test func `what waits ends with its time, and not before`() async throws {
        try await withWorkshop(folder) { workshop in
            let events = try await expanded(workshop)
            await sweep(workshop)
            #expect(try events.map { try workshop.state(of: $0) } == [.sending, .sending])
            workshop.clock.advance(.seconds(3601))
            await sweep(workshop)
            #expect(try workshop.state(of: events[0]) == .done)
            #expect(try workshop.results(of: events[0]) == [SlotResult(.expired, reason: .expired)])
            #expect(try workshop.results(of: events[1]) == [.pending])
        }
    }

    @Test(arguments: ["UPDATE result SET slots = x'FFFF'", "UPDATE result SET slots = x'FF'", "DELETE FROM result"])
    func `a page whose result cannot be read ends, and the others expire`(damage: String) async throws {
        try await withWorkshop(folder) { workshop in
            let events = try await expanded(workshop)
            let bad = try #require(try workshop.reader.openPages().first { $0.event == events[0] }).page
            try workshop.damage("queue.db") { try $0.execute("\(damage) WHERE page = \(bad.rawValue)") }
            #expect(try workshop.reader.backlog()[workshop.lane]?.pending == 1)
            workshop.clock.advance(.seconds(7201))
            await sweep(workshop)
            #expect(try events.map { try workshop.state(of: $0) } == [.done, .done])
            #expect(try workshop.results(of: events[1]) == [SlotResult(.expired, reason: .expired)])
            #expect(workshop.queue.unreadable.first(9).map(\.name) == ["page \(bad.rawValue)"])
            let report = try #require(try workshop.reader.report(on: events[0], laneReason: { _ in nil }))
            #expect(report.unreadable.count == 1)
            #expect(report.persons.map(\.standing) == [.notReached(.unreadable)])
        }
    }

    @Test func `a deferred delivery expires with its row, one that names no slot goes`() async throws {
        try await withWorkshop(folder) { workshop in
            let events = try await expanded(workshop)
            let page = try #require(try workshop.reader.openPages().first { $0.event == events[0] }).page
            let now = workshop.clock.now
            try await workshop.queue.record(
                [Outcome(page: page, slot: 0, result: SlotResult(.deferred), retryAt: now, attempts: 1)],
                now: now
            )
            try workshop.damage("queue.db") { connection in
                for delivery in [DeliveryID(page: page, slot: 900), DeliveryID(rawValue: 99 << 10)] {
                    try connection.run(
                        QueueSQL.keepRetry.rawValue,
                        Int64(workshop.lane.rawValue),
                        now.milliseconds,
                        delivery.rawValue,
                        events[0].rawValue,
                        1,
                        now.milliseconds,
                        Int64?.none,
                        Int64?.none,
                        Int64?.none
                    )
                }
            }
            workshop.clock.advance(.seconds(3601))
            await sweep(workshop)
            #expect(try workshop.reader.dueRetries(on: workshop.lane, now: workshop.clock.now, limit: 9).isEmpty)
            #expect(try workshop.state(of: events[0]) == .done)
            #expect(try workshop.results(of: events[0]) == [SlotResult(.expired, reason: .expired)])
        }
    }

    @Test func `an ended event is forgotten after its age, one that waits is kept`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let ended = try await workshop.accept(["u-1"])
            let scheduled = try await workshop.accept(["u-1"], lifetime: .seconds(200 * 86_400)) {
                $0.notBefore = workshop.clock.now + .seconds(150 * 86_400)
            }
            try await workshop.expander.work()
            try await workshop.deliver()
            workshop.clock.advance(.seconds(91 * 86_400))
            await sweep(workshop)
            #expect(try workshop.reader.event(ended) == nil)
            #expect(try workshop.reader.event(scheduled) != nil)
        }
    }

    @Test func `devices are given up by their age, once an hour`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            var progress = workshop.sweeper.begin()
            await workshop.sweeper.pass(&progress)
            workshop.clock.advance(.seconds(401 * 86_400))
            progress.devicesDue = workshop.clock.now.milliseconds + 1
            await workshop.sweeper.pass(&progress)
            #expect(try workshop.devices.device(installation: "i-u-1") != nil)
            workshop.clock.advance(.milliseconds(1))
            await workshop.sweeper.pass(&progress)
            #expect(try workshop.devices.device(installation: "i-u-1") == nil)
        }
    }

    @Test func `a part that fails keeps no other from its work`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1"])
            try await workshop.expander.work()
            try await workshop.deliver()
            // Expiry and identities find no table; the history and the devices are still swept.
            try workshop.damage("queue.db") {
                try $0.execute("DROP INDEX idempotency_age; ALTER TABLE idempotency RENAME TO elsewhere")
            }
            workshop.clock.advance(.seconds(401 * 86_400))
            await sweep(workshop)
            #expect(try workshop.reader.event(event) == nil)
            #expect(try workshop.devices.device(installation: "i-u-1") == nil)
        }
    }

    @Test func `a pruned event leaves its numbers, and nothing that names a person`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let event = try await workshop.accept(["u-1", "u-secret"]) { $0.title = "A title" }
            try await workshop.expander.work()
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            let before = EventStatus.view(try #require(try workshop.reader.report(on: event, laneReason: { _ in nil })))
            workshop.clock.advance(.seconds(91 * 86_400))
            await sweep(workshop)
            #expect(try workshop.reader.event(event) == nil)
            let summary = try #require(try workshop.reader.summary(of: event))
            var expected = before
            (expected.isPruned, expected.unresolved) = (true, [])
            #expect(summary.publisher == "ent" && summary.view == expected.object)
            #expect(before.otherUsers == 2 && before.deliveries.accepted == 1)
            #expect(!JSONWriter.text(.object(summary.view)).contains("u-secret"))
            workshop.clock.advance(.seconds(310 * 86_400))
            await sweep(workshop)
            #expect(try workshop.reader.summary(of: event) == nil)
        }
    }

    @Test func `an event that cannot be read is pruned with the others`() async throws {
        try await withWorkshop(folder) { workshop in
            let events = try await expanded(workshop)
            try await workshop.deliver()
            try workshop.damage("queue.db") {
                try $0.execute("UPDATE event SET unknown_users = '[' WHERE id = \(events[0].rawValue)")
            }
            workshop.clock.advance(.seconds(91 * 86_400))
            await sweep(workshop)
            #expect(try workshop.reader.prunableEvents(acceptedBefore: workshop.clock.now, limit: 9).isEmpty)
            #expect(try events.map { try workshop.reader.summary(of: $0)?.view["pruned"] } == [true, true])
        }
    }
}
