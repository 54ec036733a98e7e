import Database
package import Domain
import SQLite

/// New stores from a damaged data folder: every row that can still be read, events only whole.
///
/// An event goes wholly or not at all, so that what is left always adds up: half of an event's pages would leave persons nobody can account
/// for. What the new files hold is proven by the deep check.
package enum Recovery {
    /// Numbers the new stores leave out: what was lost may have had them.
    private static let numbersAhead: Int64 = 1_000_000
    /// A greater number is damage of its own.
    private static let lanesMax: Int64 = 100_000

    /// Reads `folder`, writes the files of `target`, which exists and is empty. Nothing of `folder` is changed; nobody may work on it.
    ///
    /// - Throws: what writing met, or ``StoreError/damaged(_:)`` when the result does not add up: a defect.
    ///
    /// `seal`: of the audit log, which has an entry about it.
    package static func run(
        from folder: String,
        to target: String,
        actor: String,
        seal: AuditSeal = .none,
        now: Instant
    ) throws -> RecoveryReport {
        var report = RecoveryReport()
        try recoverQueue(folder, target, actor: actor, seal: seal, now: now, &report)
        try recoverRegistry(folder, target, &report)
        return report
    }

    private static func recoverQueue(
        _ folder: String,
        _ target: String,
        actor: String,
        seal: AuditSeal,
        now: Instant,
        _ report: inout RecoveryReport
    ) throws {
        guard let queue = try rescue("queue.db", folder, target, QueueSchema.migrations, &report) else { return }
        try mend(queue, &report)
        try keepMeta(queue, ["installationKey", "epoch"], of: "queue.db", &report)
        try queue.leapAhead(by: numbersAhead, except: AuditChain.table)
        try note(queue, report, actor: actor, seal: seal, now: now)
    }

    private static func recoverRegistry(_ folder: String, _ target: String, _ report: inout RecoveryReport) throws {
        guard let registry = try rescue("registry.db", folder, target, RegistrySchema.migrations, &report) else {
            return
        }
        try mendRegistry(registry, &report)
        try keepMeta(registry, ["targetHashKey"], of: "registry.db", &report)
        report.heldFiles = try registry.all("SELECT kept FROM import WHERE kept IS NOT NULL ORDER BY id") { $0.text(0) }
        try registry.leapAhead(by: numbersAhead, except: AuditChain.table)
    }

    private static func rescue(
        _ file: String,
        _ folder: String,
        _ target: String,
        _ migrations: [Migration],
        _ report: inout RecoveryReport
    ) throws -> Connection? {
        var rescue: TableRescue
        do {
            rescue = try TableRescue(
                from: folder + "/" + file,
                to: target + "/" + file,
                migrations: migrations,
                derived: file == "registry.db" ? RegistrySchema.derivedTables : []
            )
        } catch SQLiteError.cannotOpen(let cause) {
            report.notes.append("\(file) cannot be read: \(cause.message)")
            return nil
        }
        try rescue.run()
        report.rows[file] = rescue.counts
        report.damagedPages += rescue.damagedPages
        if rescue.image.isLogDamaged { report.damagedLogs.append(file + "-wal") }
        return rescue.target
    }

    // MARK: - The queue

    private static func mend(_ queue: Connection, _ report: inout RecoveryReport) throws {
        try queue.transaction(.immediate) { _ in
            try dropOrphans(queue, &report)
            try dropUnreadableTexts(queue, &report)
            try replaceLanes(queue, &report)
        }
        let reader = QueueReader(connection: queue)
        while true {
            var conservation = Conservation(reader)
            let found = try conservation.check()
            guard found.violationsTotal > 0 else { return }
            let broken = try Set(found.violations.flatMap { try events(of: $0, queue) })
            guard !broken.isEmpty else {
                throw StoreError.damaged(
                    "\(found.violations[0].rule): \(found.violations[0].id) \(found.violations[0].detail)"
                )
            }
            try queue.transaction(.immediate) { _ in
                for event in broken { try drop(event, queue, &report) }
                try dropOrphans(queue, &report)
            }
        }
    }

    /// Rows of events and pages that are gone; each names an event that is lost.
    private static func dropOrphans(_ queue: Connection, _ report: inout RecoveryReport) throws {
        for table in [ConservationSQL.Orphans.page, .content, .concerned] {
            try queue.query(
                "SELECT DISTINCT \(table.owner) FROM \(table.rawValue) WHERE \(table.owner) NOT IN (SELECT id FROM event)"
            ) { row in
                if row.int64(0) > 0 { report.eventsLost.insert(EventID(rawValue: row.int64(0))) }
            }
            try queue.execute("DELETE FROM \(table.rawValue) WHERE \(table.owner) NOT IN (SELECT id FROM event)")
        }
        for table in ConservationSQL.Orphans.allCases where table.owners == "page" {
            try queue.execute("DELETE FROM \(table.rawValue) WHERE (\(table.owner)) NOT IN (SELECT id FROM page)")
        }
        try queue.execute("DELETE FROM idempotency WHERE event NOT IN (SELECT id FROM event)")
    }

    /// Pages still have the number of a lane whose row is lost. Under a name no configuration has, nothing is sent on it; what waits
    /// expires, and everything that was is still to be read.
    private static func replaceLanes(_ queue: Connection, _ report: inout RecoveryReport) throws {
        let lost = try queue.all(
            "SELECT DISTINCT lane FROM page WHERE lane NOT IN (SELECT id FROM lane) AND lane BETWEEN 1 AND ? ORDER BY lane",
            lanesMax
        ) { $0.int64(0) }
        for lane in lost {
            try queue.run(
                "INSERT INTO lane(id, name, provider, changed_at) VALUES (?, ?, 0, 0)",
                lane,
                "lost/\(lane)"
            )
            report.notes.append("lane \(lane) has lost its name and is lost/\(lane) now; what waits on it expires")
        }
    }

    private static func dropUnreadableTexts(_ queue: Connection, _ report: inout RecoveryReport) throws {
        var unreadable: [(event: Int64, isEnded: Bool)] = []
        try queue.query(
            "SELECT event, publication, (SELECT state IN (4, 6) FROM event WHERE id = content.event) FROM content"
        ) { row in
            do throws(StoreError) { _ = try PublicationCoding.decode(row.blob(1)) } catch {
                unreadable.append((row.int64(0), row.bool(2)))
            }
        }
        for (event, isEnded) in unreadable {
            if isEnded {
                try queue.run("DELETE FROM content WHERE event = ?", event)
                report.textsLost.insert(EventID(rawValue: event))
            } else {
                try drop(event, queue, &report)
            }
        }
        // What is still to be sent needs its text.
        let silent = try queue.all(
            "SELECT id FROM event WHERE state NOT IN (4, 6) AND NOT EXISTS (SELECT 1 FROM content WHERE event = event.id)"
        ) { $0.int64(0) }
        for event in silent { try drop(event, queue, &report) }
        let dumb = try queue.all(
            "SELECT id FROM event WHERE state IN (4, 6) AND NOT EXISTS (SELECT 1 FROM content WHERE event = event.id)"
        ) { EventID(rawValue: $0.int64(0)) }
        report.textsLost.formUnion(dumb)
    }

    private static func drop(_ event: Int64, _ queue: Connection, _ report: inout RecoveryReport) throws {
        for table in ["attempt", "plan", "result"] {
            let key = table == "attempt" ? "delivery >> 10" : "page"
            try queue.run("DELETE FROM \(table) WHERE (\(key)) IN (SELECT id FROM page WHERE event = ?)", event)
        }
        for table in ["page", "retry", "dead", "held", "concerned", "content", "idempotency"] {
            try queue.run("DELETE FROM \(table) WHERE event = ?", event)
        }
        try queue.run("DELETE FROM event WHERE id = ?", event)
        if event > 0 { report.eventsLost.insert(EventID(rawValue: event)) }
    }

    /// The events a broken promise is about.
    private static func events(of violation: ConservationReport.Violation, _ queue: Connection) throws -> [Int64] {
        let words = violation.id.split(separator: " ")
        if let event = EventID(violation.id) { return [event.rawValue] }
        if words.count == 2, let number = Int64(words[1]) {
            switch words[0] {
            case "event": return [number]
            case "page": return try event(ofPage: number, queue)
            case "delivery": return try event(ofPage: number >> 10, queue)
            default: return []
            }
        }
        guard let delivery = DeliveryID(violation.id) else { return [] }
        var events = try event(ofPage: delivery.page.rawValue, queue)
        for table in ["retry", "dead", "held"] {
            events += try queue.all("SELECT event FROM \(table) WHERE delivery = ?", delivery.rawValue) { $0.int64(0) }
        }
        return events
    }

    private static func event(ofPage page: Int64, _ queue: Connection) throws -> [Int64] {
        try queue.all("SELECT event FROM page WHERE id = ?", page) { $0.int64(0) }
    }

    /// The log of orders says that it was copied: rows may be missing before this one.
    private static func note(
        _ queue: Connection,
        _ report: RecoveryReport,
        actor: String,
        seal: AuditSeal,
        now: Instant
    ) throws {
        try queue.transaction(.immediate) { connection in
            let order = InstantOperation(
                actor: actor,
                verb: "store.recover",
                filter: "\(report.eventsLost.count) events lost",
                why: "the store was damaged",
                changed: 0
            )
            try QueueStore.audit(order, seal: seal, now: now, connection)
        }
    }

    // MARK: - The registry

    private static func mendRegistry(_ registry: Connection, _ report: inout RecoveryReport) throws {
        try registry.transaction(.immediate) { _ in
            for (table, rule) in [
                ("device", "owner NOT IN (SELECT id FROM person)"),
                ("membership", "person NOT IN (SELECT id FROM person) OR place NOT IN (SELECT id FROM place)"),
                ("guardianship", "pupil NOT IN (SELECT id FROM person) OR record NOT IN (SELECT id FROM person)"),
            ] {
                try registry.run("DELETE FROM \(table) WHERE \(rule)")
                report.registryOrphans += registry.changes
            }
            try registry.execute(
                """
                UPDATE guardianship SET guardian = record WHERE guardian NOT IN (SELECT id FROM person);
                UPDATE person SET same_as = NULL WHERE same_as NOT IN (SELECT id FROM person);
                DELETE FROM account WHERE person NOT IN (SELECT id FROM person);
                DELETE FROM account_record WHERE account NOT IN (SELECT id FROM account) OR record NOT IN (SELECT id FROM person);
                UPDATE device SET account = NULL WHERE account NOT IN (SELECT id FROM account);
                """
            )
        }
    }

    private static func keepMeta(
        _ connection: Connection,
        _ names: [String],
        of file: String,
        _ report: inout RecoveryReport
    ) throws {
        for name in names
        where try connection.first("SELECT 1 FROM meta WHERE name = ?", name, row: { $0.int(0) }) == nil {
            report.notes.append("\(file) has lost its \(name); the next start makes a new one")
        }
    }
}
