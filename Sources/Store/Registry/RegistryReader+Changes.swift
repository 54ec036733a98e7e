import Database
package import Domain

extension RegistryReader {
    /// What the applied imports behind `first` up to `last` changed in the feed of `last`, record by record; nil: there is no such import.
    package func changes(behind first: ImportID, upTo last: ImportID) throws -> FeedDifference? {
        guard let imported = try storedImport(last) else { return nil }
        var difference = FeedDifference(feed: imported.feed, from: first, to: last)
        for (record, actions) in try changedRecords(of: difference) {
            guard let kind = DirectoryChange.Kind(rawValue: record.kind), let path = Self.path(actions) else {
                continue
            }
            let name = record.other.isEmpty || kind == .guardian ? record.key : record.key + " " + record.other
            difference.changes[kind, default: .init()][keyPath: path].append(name)
        }
        difference.incomplete = try connection.all(
            """
            SELECT id FROM import WHERE id > ?1 AND id <= ?2 AND feed = ?3 AND state = 'applied'
                AND NOT EXISTS (SELECT 1 FROM import_change WHERE import_change.import = import.id) ORDER BY id LIMIT 1000
            """,
            first.rawValue,
            last.rawValue,
            imported.feed
        ) { ImportID(rawValue: $0.int64(0)) }
        return difference
    }

    private struct ChangedRecord: Hashable {
        var kind: Int
        var key: String
        var other: String
        var school: String
    }

    /// Of each record the first and the last action.
    private func changedRecords(of difference: FeedDifference) throws -> [ChangedRecord: (first: Int, last: Int)] {
        var records: [ChangedRecord: (first: Int, last: Int)] = [:]
        try connection.query(
            """
            SELECT kind, key, other, school, action FROM import_change JOIN import ON import.id = import_change.import
            WHERE import_change.import > ?1 AND import_change.import <= ?2 AND import.feed = ?3 ORDER BY import_change.import
            """,
            difference.from.rawValue,
            difference.to.rawValue,
            difference.feed
        ) { row in
            let record = ChangedRecord(kind: row.int(0), key: row.text(1), other: row.text(2), school: row.text(3))
            records[record] = (records[record]?.first ?? row.int(4), row.int(4))
        }
        return records
    }

    /// The sum of what happened to one record; nil when it came and went.
    private static func path(
        _ actions: (first: Int, last: Int)
    ) -> WritableKeyPath<FeedDifference.Changes, [String]>? {
        switch (actions.first, actions.last) {
        case (0, 2): nil
        case (0, _): \.added
        case (_, 2): \.removed
        default: \.changed
        }
    }
}
