import Database
import Domain

/// The deep check of `queue.db`: every event, page, retry and dead row against the promises of ``ConservationReport/Rule``.
///
/// Works on a live store beside the writer and on a copy. An event is read in one snapshot with all that belongs to it, so that what is
/// compared belongs together; between events the snapshot moves on, and the writer's log is never held for long.
package struct Conservation {
    /// Events read in one snapshot; the largest event (100,000 devices) takes about 20 ms.
    private static let eventsPerSlice = 50
    /// Rows of a table looked at in one statement.
    private static let rowsPerSlice = 20_000

    private let connection: any Session
    private var report = ConservationReport()

    /// `reader`: its connection is used while this runs.
    package init(_ reader: QueueReader) { connection = reader.connection }

    /// Everything. Cost: about two seconds per million deliveries. A damaged file is named and not read further.
    ///
    /// - Throws: what the file's opening or reading met beyond damage.
    package mutating func check() throws -> ConservationReport {
        let file = try connection.ownFindings(limit: nil) ?? []
        for line in file { report.add(.integrity, "queue.db", line) }
        guard file.isEmpty else { return report }
        do {
            var last: Int64 = .min
            while let next = try connection.transaction(.deferred, { _ in try slice(after: last) }) { last = next }
            for table in ConservationSQL.Orphans.allCases { try findOrphans(table) }
            try connection.query(ConservationSQL.sharedIdentities) { row in
                report.add(.content, EventID(rawValue: row.int64(0)).description, "two identities name it")
            }
        } catch let error as any DatabaseError {
            guard case .damage = error.fault else { throw error }
            report.add(.integrity, "queue.db", "\(error)")
        }
        return report
    }

    private struct Event {
        var id: Int64
        var state: EventState?
        var doneAt: Int64?
        var cursor: Int64
        var parts: Int
        var hasContent: Bool
    }

    /// - Returns: the last id of the slice; nil behind the end.
    private mutating func slice(after last: Int64) throws -> Int64? {
        let events = try connection.all(ConservationSQL.events, last, Self.eventsPerSlice) { row in
            Event(
                id: row.int64(0),
                state: EventState(rawValue: row.int(1)),
                doneAt: row.int64OrNil(2),
                cursor: row.int64(3),
                parts: row.int(4),
                hasContent: row.bool(5)
            )
        }
        for event in events { try check(event) }
        return events.last?.id
    }

    private mutating func check(_ event: Event) throws {
        let name = event.id < 0 ? "event \(event.id)" : EventID(rawValue: event.id).description
        report.counts.events += 1
        guard let state = event.state else { return report.add(.readable, name, "unknown state") }
        var found = EventFindings(name: name)
        try connection.query(ConservationSQL.pages, event.id) { found.add($0) }
        var retries: [Int64: Int64] = [:]
        try connection.query(ConservationSQL.retries, event.id) { retries[$0.int64(0)] = $0.int64(1) }
        var dead: [Int64: Int64] = [:]
        try connection.query(ConservationSQL.dead, event.id) { dead[$0.int64(0)] = $0.int64(1) }
        try connection.query(ConservationSQL.concerned, event.id) { found.addConcerned($0) }

        var held: [Int64: Int64] = [:]
        try connection.query(ConservationSQL.held, event.id) { held[$0.int64(0)] = $0.int64(1) }
        found.compare(retries: retries, dead: dead, held: held)
        found.compareExpansion(cursor: event.cursor, parts: event.parts, isWhole: state == .sending || state == .done)
        if [.scheduled, .accepted, .expanding].contains(state), !event.hasContent {
            found.violate(.content, name, "to be expanded, and its text is missing")
        }
        if (state == .done) != (event.doneAt != nil), state != .withdrawn {
            found.violate(.eventState, name, "\(state.word), and done_at is \(event.doneAt == nil ? "missing" : "set")")
        }
        let hasWork = found.pagesToDo > 0 || !retries.isEmpty || !held.isEmpty
        if state == .done, hasWork {
            found.violate(.eventState, name, "done, with \(found.pagesToDo) pages and \(retries.count) retries to do")
        }
        if state == .sending, !hasWork { found.violate(.eventState, name, "sending, and nothing is left to do") }
        report.add(found.violations)
        report.counts.pages += found.pages
        report.counts.deliveries += found.deliveries
        report.counts.persons += found.persons.count
        report.counts.pending += found.pending
        report.counts.deferred += retries.count
        report.counts.dead += dead.count
        report.counts.held += held.count
    }

    private mutating func findOrphans(_ table: ConservationSQL.Orphans) throws {
        let sql = ConservationSQL.orphans(of: table)
        var last: Int64 = .min
        while true {
            let slice = try connection.first(sql, last, Self.rowsPerSlice) { row in
                (row.int64OrNil(0), row.int(1), row.text(2))
            }
            guard case let (key?, rows, orphans)? = slice else { return }
            let keys: [JSONValue]
            do { keys = try JSONParser.parse(orphans).array ?? [] } catch { keys = [] }
            for key in keys {
                report.add(.orphan, "\(table.rawValue) \(key.int64 ?? 0)", "its \(table.owners) does not exist")
            }
            if rows < Self.rowsPerSlice { return }
            last = key
        }
    }
}

extension QueueReader {
    /// The engine's own check of the queue; empty when all is well.
    package func integrity() throws -> [String] { try connection.ownFindings(limit: nil) ?? [] }
}

extension RegistryReader {
    /// The deep check of `registry.db`: the file, and what has to agree in it.
    package func violations() throws -> [ConservationReport.Violation] {
        let file = try (connection.ownFindings(limit: nil) ?? []).map {
            ConservationReport.Violation(.integrity, "registry.db", $0)
        }
        guard file.isEmpty else { return file }
        return try Self.rules.flatMap { rule in
            try connection.all("SELECT \(rule.row) LIMIT 100") {
                .init(.orphan, "\(rule.name) \($0.int64(0))", rule.sentence)
            }
        }
    }

    private struct Rule {
        var name: String
        var row: String
        var sentence: String
    }

    private static let rules = [
        Rule(
            name: "device",
            row: "id FROM device WHERE owner NOT IN (SELECT id FROM person)",
            sentence: "its owner does not exist"
        ),
        Rule(
            name: "device",
            row:
                "device.id FROM device JOIN account ON account.id = device.account JOIN person ON person.id = device.owner WHERE account.person <> owner",
            sentence: "its owner is not the person of its account"
        ),
        Rule(
            name: "account",
            row: """
                account.id FROM account JOIN account_record tie ON tie.account = account.id LEFT JOIN person ON person.id = tie.record
                WHERE account.person IS DISTINCT FROM coalesce(person.same_as, person.id)
                """,
            sentence: "its person is not that of its records"
        ),
        Rule(
            name: "person",
            row: """
                record.id FROM person record LEFT JOIN person ON person.id = record.same_as WHERE record.same_as IS NOT NULL
                    AND (record.kind NOT IN (0, 2) OR person.kind IS NULL OR person.kind NOT IN (0, 2) OR person.same_as IS NOT NULL
                        OR person.kind < record.kind OR person.feed = record.feed)
                """,
            sentence: "it is one with somebody it cannot be"
        ),
        Rule(
            name: "pupil",
            row: """
                guardianship.pupil FROM guardianship LEFT JOIN person record ON record.id = guardianship.record
                WHERE guardian IS DISTINCT FROM CASE WHEN record.kind = 2 THEN coalesce(record.same_as, record.id) ELSE record.id END
                """,
            sentence: "a guardian is not the person of the record"
        ),
        Rule(
            name: "devices of provider",
            row: """
                provider FROM (
                    SELECT provider, environment, app, coalesce(host, '') AS host,
                        CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END AS standing, count(*) AS count
                    FROM device GROUP BY 1, 2, 3, 4, 5) counted
                FULL JOIN device_count kept USING(provider, environment, app, host, standing) WHERE counted.count IS DISTINCT FROM kept.count
                """,
            sentence: "their number is not the one that is kept"
        ),
    ]
}
