import Database
package import Domain

/// A person's word on a held import.
package struct ImportApproval: Hashable, Sendable {
    package var id: ImportID
    /// Also when the difference is not the one that was held.
    package var isConfirmed: Bool
    package var actor: String

    package init(id: ImportID, isConfirmed: Bool, actor: String) {
        self.id = id
        self.isConfirmed = isConfirmed
        self.actor = actor
    }
}

/// An import as the registry remembers it.
package struct StoredImport: Sendable {
    package var id: ImportID
    package var at: Instant
    package var format: String
    package var origin: ImportOrigin
    /// `applied planned held failed`; of what was held once also `replaced` and `lapsed`.
    package var state: String
    /// Name of the export in the folder of held ones.
    package var kept: String?
    package var decidedAt: Instant?
    package var decidedBy: String?
    /// The answer that was given.
    package var report: JSONObject
    /// The feed it speaks for.
    package var feed: String

    static let columns = """
        SELECT id, at, format, mode, actor, source, state, kept, decided_at, decided_by, report, feed FROM import
        """

    init(_ row: borrowing Row) {
        id = ImportID(rawValue: row.int64(0))
        at = Instant(milliseconds: row.int64(1))
        format = row.text(2)
        origin = ImportOrigin(mode: row.text(3), actor: row.text(4), source: row.text(5))
        state = row.text(6)
        kept = row.textOrNil(7)
        decidedAt = row.int64OrNil(8).map { Instant(milliseconds: $0) }
        decidedBy = row.textOrNil(9)
        report = StoredJSON.object(row.text(10))
        feed = row.text(11)
    }
}

/// Held imports: their export is a file beside the registry, named by the row until a person has decided, the next one is held or its
/// time is over.
extension Registry {
    package func storedImport(_ id: ImportID) async throws(StoreError) -> StoredImport? {
        try await writer.run(.normal) { connection in
            try connection.first(StoredImport.columns + " WHERE id = ?", id.rawValue) { StoredImport($0) }
        }
    }

    /// Names the file that holds the export of a held import; an earlier one of the same feed, format and mode is replaced.
    ///
    /// - Returns: the files that nothing names any more.
    package func nameKept(_ file: String, of id: ImportID, now: Instant) async throws(StoreError) -> [String] {
        try await writer.run(.full) { connection in
            let older = """
                kept IS NOT NULL AND id <> ?1 AND EXISTS (
                    SELECT 1 FROM import new WHERE new.id = ?1 AND new.feed = import.feed AND new.format = import.format
                        AND new.mode = import.mode)
                """
            let files = try connection.all("SELECT kept FROM import WHERE \(older)", id.rawValue) { $0.text(0) }
            try connection.run(
                "UPDATE import SET state = 'replaced', kept = NULL, decided_at = ?2 WHERE \(older)",
                id.rawValue,
                now.milliseconds
            )
            try connection.run("UPDATE import SET kept = ? WHERE id = ? AND state = 'held'", file, id.rawValue)
            return files
        }
    }

    /// Gives up held imports nobody has decided on. Index import_kept.
    ///
    /// - Returns: the files that nothing names any more.
    package func lapseHeld(before: Instant, now: Instant) async throws(StoreError) -> [String] {
        try await writer.run(.full) { connection in
            let files = try connection.all(
                "SELECT kept FROM import WHERE kept IS NOT NULL AND at < ?",
                before.milliseconds
            ) { $0.text(0) }
            guard !files.isEmpty else { return [] }
            try connection.run(
                "UPDATE import SET state = 'lapsed', kept = NULL, decided_at = ? WHERE kept IS NOT NULL AND at < ?",
                now.milliseconds,
                before.milliseconds
            )
            return files
        }
    }

    /// Files that rows name.
    package func keptFiles() async throws(StoreError) -> Set<String> {
        try await writer.run(.normal) { connection in
            Set(try connection.all("SELECT kept FROM import WHERE kept IS NOT NULL") { $0.text(0) })
        }
    }

    /// True when approving would not do what was shown: other numbers, or an export of this feed was applied since.
    static func hasChanged(_ report: ImportReport, since id: ImportID, _ connection: any Session) throws -> Bool {
        let held = try connection.first(StoredImport.columns + " WHERE id = ?", id.rawValue) { StoredImport($0) }
        guard let held else { return true }
        let other = try connection.first(
            """
            SELECT 1 FROM import WHERE feed = ?1 AND state = 'applied' AND id <> ?2
                AND (id > ?2 OR coalesce(decided_at, at) > ?3) LIMIT 1
            """,
            held.feed,
            id.rawValue,
            held.at.milliseconds
        ) { $0.int(0) }
        return other != nil || report.json["diff"] != held.report["diff"]
    }

    /// The held import is applied: its row says by whom, and names no file any more.
    static func settle(
        _ report: ImportReport,
        _ approval: ImportApproval,
        now: Instant,
        _ connection: any Session
    ) throws {
        try connection.run(
            "UPDATE import SET state = 'applied', kept = NULL, report = ?, decided_at = ?, decided_by = ? WHERE id = ?",
            JSONWriter.text(report.json),
            now.milliseconds,
            approval.actor,
            approval.id.rawValue
        )
    }
}

extension RegistryReader {
    /// Imports below `before`, the newest first. Primary key, backwards.
    package func imports(before: ImportID?, limit: Int) throws -> [StoredImport] {
        try connection.all(
            StoredImport.columns + " WHERE id < ? ORDER BY id DESC LIMIT ?",
            before?.rawValue ?? .max,
            limit
        ) { StoredImport($0) }
    }

    package func storedImport(_ id: ImportID) throws -> StoredImport? {
        try connection.first(StoredImport.columns + " WHERE id = ?", id.rawValue) { StoredImport($0) }
    }
}
