import Database
package import Domain

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
