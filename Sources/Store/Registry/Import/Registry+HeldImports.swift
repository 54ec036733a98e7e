import Database
package import Domain

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
