import Domain
import SQLite
import Store
import Testing

@testable import Pipeline

/// A store with open work in which one value of one row is damaged: whatever it is, everything else ends as if nothing had happened.
@Suite(.timeLimit(.minutes(10)))
struct DamagedRowTests {
    /// Tables of `queue.db` whose rows belong to one event.
    private static let queueTables = [
        "event", "content", "page", "plan", "result", "concerned", "retry", "held", "attempt",
    ]

    /// The work in the store: of each kind a victim, whose rows are damaged, and a neighbour.
    private struct Work {
        var victims: [EventID] = []
        var neighbours: [EventID] = []
    }

    /// Waiting, half expanded, expanded, deferred and held events, in pairs. Users u-1 to u-3 are the victims', u-4 to u-6 the neighbours'.
    private static func fill(_ workshop: Workshop) async throws -> Work {
        for user in 1...6 { try await workshop.register("u-\(user)") }
        var work = Work()
        for users in [["u-1", "u-2", "u-3"], ["u-4", "u-5", "u-6"]] {
            let sent = try await workshop.accept(users)
            let deferred = try await workshop.accept(users)
            try await workshop.expander.work()
            let pages = try workshop.reader.openPages().filter { $0.event == deferred }
            try await workshop.queue.record(
                pages.map {
                    Outcome(
                        page: $0.page,
                        slot: 0,
                        result: SlotResult(.deferred, reason: .retrying),
                        retryAt: workshop.clock.now,
                        attempts: 1,
                        attempt: .init(at: workshop.clock.now, milliseconds: 5, status: 503, reason: "busy")
                    )
                },
                now: workshop.clock.now
            )
            let waiting = try await workshop.accept(users)
            let own = [sent, deferred, waiting]
            if work.victims.isEmpty { work.victims = own } else { work.neighbours = own }
        }
        return work
    }

    /// Everything that runs in the gateway until all has had its time, as often as it would come by.
    private static func carryOn(_ workshop: Workshop) async throws {
        var progress = workshop.sweeper.begin()
        for _ in 0..<3 {
            try await workshop.expander.work()
            try await workshop.deliver()
            await workshop.sweeper.pass(&progress)
            _ = try workshop.reader.backlog()
            workshop.clock.advance(.seconds(2))
        }
    }

    @Test(arguments: queueTables)
    func `a damaged value in the queue keeps no other event from its end`(table: String) async throws {
        try await run("queue.db", table) { work in
            let events = work.victims.map { "\($0.rawValue)" }.joined(separator: ",")
            return switch table {
            case "event": "id IN (\(events))"
            case "plan", "result": "page IN (SELECT id FROM page WHERE event IN (\(events)))"
            case "attempt": "delivery >> 10 IN (SELECT id FROM page WHERE event IN (\(events)))"
            default: "event IN (\(events))"
            }
        }
    }

    @Test(arguments: ["device", "person", "account"])
    func `a damaged value in the registry keeps no other account's pushes back`(table: String) async throws {
        try await run("registry.db", table) { _ in
            switch table {
            case "device": "installation = 'i-u-1'"
            case "account": "ent_id = 'u-1'"
            default: "id IN (SELECT person FROM account WHERE ent_id = 'u-1')"
            }
        }
    }

    private func run(_ file: String, _ table: String, rows: (Work) -> String) async throws {
        let original = try TemporaryFolder()
        let work = try await withWorkshop(original) { try await Self.fill($0) }
        let condition = rows(work)
        let schema = try Connection(path: original.path + "/" + file, options: .reader)
        var applied = 0
        for damage in try Damage.all(file, tables: [table], in: schema) {
            let folder = try original.copy()
            let clock = Workshop.Clock(Workshop.start + .seconds(60))
            try await withWorkshop(folder, clock: clock) { workshop in
                var isApplied = false
                try workshop.damage(file) { isApplied = try damage.apply(to: $0, where: condition) }
                guard isApplied else { return }
                applied += 1
                try await Self.carryOn(workshop)
                for event in work.neighbours {
                    #expect(try workshop.state(of: event) == .done, "\(damage)")
                    let results = try workshop.results(of: event)
                    #expect(results.count == 3 && results.allSatisfy { $0.state == .accepted }, "\(damage): \(results)")
                }
                // The victims have their time to live; then nothing of theirs is open any more, either.
                clock.advance(.seconds(3600))
                try await Self.carryOn(workshop)
                try await expectNamed(workshop, work, damage)
            }
        }
        #expect(applied > 0 || table == "held")
    }

    /// What did not end accepted has a reason, or a row that is named.
    private func expectNamed(_ workshop: Workshop, _ work: Work, _ damage: Damage) async throws {
        let named = workshop.queue.unreadable.first(UnreadableRows.keptMax)
        for event in work.victims {
            let found: EventReport?
            do { found = try workshop.reader.report(on: event, laneReason: { _ in nil }) } catch {
                #expect(!named.isEmpty, "\(damage): the event cannot be read, and nothing says so")
                continue
            }
            let lost = found?.persons.flatMap(\.deliveries).filter { $0.result.state == .rejected } ?? []
            #expect(lost.allSatisfy { $0.result.reason != nil }, "\(damage)")
        }
    }
}
