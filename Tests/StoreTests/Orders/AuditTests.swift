import Database
import Domain
import SQLite
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct AuditTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() async throws {
        folder = try TestFolder()
        try await folder.queue { queue async throws in
            for number in 1...5 {
                let order = InstantOperation(
                    actor: "lea",
                    verb: "device.revoke",
                    filter: "device=\(number)",
                    why: "test",
                    changed: 1
                )
                try await queue.keep(order, now: now + .seconds(Int64(number)))
            }
            var scope = OrderScope()
            scope.words[.lane] = ["fcm/*"]
            let order = NewOperation(actor: "eva", verb: .drop, scope: scope, matched: 3, eligible: 2, why: "old")
            let id = try await queue.begin(order, now: now).id
            try await queue.noteCancel(id, actor: "lea", why: "no", now: now)
            _ = try await queue.end(id, .cancelled, now: now)
        }
    }

    @Test func `an untouched log fits, also while an order runs`() async throws {
        let report = try folder.reader().verifyAudit()
        #expect(report.broken == nil && report.entries == 8 && report.operations == 6 && report.head.count == 64)
        #expect(try folder.reader().verifyAudit(head: report.head).broken == nil)
        #expect(try folder.reader().verifyAudit(head: String(repeating: "0", count: 64)).broken != nil)
        try await folder.queue { queue async throws in
            var scope = OrderScope()
            scope.deliveries = [DeliveryID(rawValue: 1024)]
            let order = NewOperation(actor: "eva", verb: .hold, scope: scope, matched: 1, eligible: 1, why: "x")
            _ = try await queue.begin(order, now: now)
        }
        let later = try folder.reader().verifyAudit(head: report.head)
        #expect(later.broken == nil && later.entries == 9)
    }

    @Test(
        arguments: [
            ("UPDATE audit SET entry = replace(entry, 'device=3', 'device=9') WHERE id = 3", "entry 3"),
            ("UPDATE audit SET at = at + 1 WHERE id = 4", "entry 4"),
            ("UPDATE audit SET hash = zeroblob(32) WHERE id = 2", "entry 2"),
            ("DELETE FROM audit WHERE id = 3", "entry 3"), ("DELETE FROM audit WHERE id = 8", "ends at entry 7"),
            ("UPDATE operation SET actor = 'eve' WHERE id = 2", "operation 2 was changed: its actor"),
            ("UPDATE operation SET why = '' WHERE id = 6", "operation 6 was changed: its why"),
            ("UPDATE operation SET changed = 1 WHERE id = 6", "operation 6 was changed: its changed"),
            ("UPDATE operation SET at = 0 WHERE id = 1", "operation 1 was changed: its time"),
            ("UPDATE operation SET scope = '{}' WHERE id = 6", "operation 6 was changed: its scope"),
            ("UPDATE operation SET state = 'done' WHERE id = 6", "operation 6 was changed: its state"),
            ("DELETE FROM operation WHERE id = 4", "operation 4 was removed"),
            (
                "INSERT INTO operation(at, actor, verb, filter, matched, changed, why) VALUES (1, 'eve', 'x', '', 0, 0, '')",
                "operation 7 is not in the log"
            ),
        ]
    )
    func `a row that was changed is named`(tampering: String, named: String) throws {
        try folder.intruder().execute(tampering)
        let broken = try #require(try folder.reader().verifyAudit().broken)
        #expect(broken.contains(named), "\(broken)")
    }

    private func prune(_ before: Instant, max: Int = 1000, slack: Duration = .zero) async throws -> [Int] {
        try await folder.queue { queue async throws in
            var slices: [Int] = []
            while true {
                let count = try await queue.pruneAudit(before: before, slack: slack, max: max, now: now + .seconds(90))
                slices.append(count)
                if count == 0 { return slices }
            }
        }
    }

    @Test func `what is left after pruning is verified from the head of what was removed`() async throws {
        let old = try folder.reader().verifyAudit()
        #expect(old.since == now + .seconds(1) && old.pruned == 0)
        // The sixth order began at the same moment as it ended, before the first: it goes only in its turn.
        #expect(try await prune(now + .seconds(4), slack: .seconds(60)) == [0])
        #expect(try await prune(now + .seconds(4), max: 2) == [2, 1, 0])

        let report = try folder.reader().verifyAudit(head: old.head)
        #expect(report.broken == nil, "\(report)")
        #expect((report.entries, report.operations, report.pruned) == (7, 5, 3))
        #expect(report.since == now + .seconds(4))
        #expect(try folder.reader().operation(3) == nil && folder.reader().operation(4) != nil)
        #expect(try folder.reader().operations(before: nil, limit: 1).first?.verb == "operation.prune")
        #expect(try await prune(now + .seconds(80)) == [5, 0])
        #expect(try folder.reader().verifyAudit().broken == nil)
        #expect(try folder.reader().verifyAudit(head: old.head).broken == nil, "the head is what was removed last")
    }

    @Test(
        arguments: [
            ("DELETE FROM audit WHERE id = 4", "entry 4 is missing"), ("DELETE FROM audit WHERE id = 9", "entry"),
            ("UPDATE audit SET entry = replace(entry, '\"through\":3', '\"through\":4') WHERE id = 9", "entry"),
            ("DELETE FROM audit WHERE id < 6; DELETE FROM operation WHERE id < 6", "entry 4 is missing"),
        ]
    )
    func `what was removed otherwise than by age shows`(tampering: String, named: String) async throws {
        #expect(try await prune(now + .seconds(4)) == [3, 0])
        try folder.intruder().execute(tampering)
        let broken = try #require(try folder.reader().verifyAudit().broken)
        #expect(broken.contains(named), "\(broken)")
    }

    @Test func `a log of which nothing stays goes on from its head`() async throws {
        let old = try folder.reader().verifyAudit()
        #expect(try await prune(now + .seconds(80)) == [8, 0])
        let pruned = try folder.reader().verifyAudit(head: old.head)
        #expect(pruned.broken == nil && pruned.entries == 1 && pruned.pruned == 8, "\(pruned)")
        try await keepOne()
        let later = try folder.reader().verifyAudit(head: old.head)
        #expect(later.broken == nil && later.entries == 2, "\(later)")
    }

    @Test func `the log of a backup goes on without a gap`() async throws {
        let copy = try TestFolder()
        try await folder.registry { _ in }
        try Backup.copy(from: folder.path, to: copy.path)
        try await copy.queue { queue async throws in
            let order = InstantOperation(actor: "lea", verb: "x", filter: "", why: "after", changed: 0)
            let id = try await queue.keep(order, now: now + .seconds(99))
            #expect(id > 1_000_000, "numbers people know leap")
        }
        let report = try copy.reader().verifyAudit(head: try folder.reader().verifyAudit().head)
        #expect(report.broken == nil && report.entries == 9, "\(report)")
    }

    private func keepOne() async throws {
        try await folder.queue { queue async throws in
            let order = InstantOperation(actor: "lea", verb: "x", filter: "", why: "after", changed: 0)
            _ = try await queue.keep(order, now: now + .seconds(99))
        }
    }

    @Test func `an order that runs keeps everything behind its first entry`() async throws {
        let other = try TestFolder()
        try await other.queue { queue async throws in
            let order = InstantOperation(actor: "a", verb: "x", filter: "", why: "", changed: 0)
            try await queue.keep(order, now: now)
            var scope = OrderScope()
            scope.deliveries = [DeliveryID(rawValue: 1024)]
            let running = NewOperation(actor: "eva", verb: .hold, scope: scope, matched: 1, eligible: 1, why: "x")
            _ = try await queue.begin(running, now: now)
            try await queue.keep(order, now: now)
            let count = try await queue.pruneAudit(before: now + .seconds(9), slack: .zero, now: now + .seconds(9))
            #expect(count == 1)
            #expect(try other.reader().verifyAudit().broken == nil)
            #expect(try other.reader().runningOperations().count == 1)
        }
    }

    @Test func `orders of an older store enter the chain when it is migrated`() async throws {
        let old = try TestFolder()
        try await old.queue { _ in }
        let connection = try old.intruder()
        // As the schema before: no chain, and none of the columns it brought.
        try connection.execute(
            """
            DROP INDEX event_words; ALTER TABLE event DROP COLUMN merge_key; ALTER TABLE event DROP COLUMN merged_with;
            DROP INDEX retry_waiting; ALTER TABLE retry DROP COLUMN opens_at;
            DROP INDEX retry_device; DROP INDEX retry_carrier; ALTER TABLE retry DROP COLUMN device; ALTER TABLE retry DROP COLUMN carrier;
            DROP TABLE callback; DROP TABLE summary; DROP TABLE audit; DROP TABLE held; DROP INDEX operation_running;
            ALTER TABLE event DROP COLUMN standing; ALTER TABLE event DROP COLUMN withdrawal; ALTER TABLE event DROP COLUMN superseding;
            ALTER TABLE event DROP COLUMN warnings;
            DROP INDEX event_subject;
            ALTER TABLE dead ADD COLUMN person INTEGER; ALTER TABLE dead ADD COLUMN device INTEGER; ALTER TABLE dead ADD COLUMN reason TEXT;
            DROP TABLE operation;
            CREATE TABLE operation(
                id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, verb TEXT NOT NULL,
                filter TEXT NOT NULL, matched INTEGER NOT NULL, changed INTEGER NOT NULL, why TEXT NOT NULL
            ) STRICT;
            INSERT INTO operation(at, actor, verb, filter, matched, changed, why)
                VALUES (5, 'lea', 'lane.paused', 'lane=1', 1, 1, 'before');
            PRAGMA user_version = 1;
            """
        )
        try await old.queue { _ in }
        let report = try old.reader().verifyAudit()
        #expect(report.broken == nil && report.entries == 1)
        let adopted = try #require(try old.reader().operation(1))
        #expect(adopted.state == .done && adopted.why == "before" && adopted.eligible == 1)
    }
}
