import Database
package import Domain

/// Orders as they stand, and the audit log held against them.
extension QueueReader {
    /// Orders below `before`, the newest first. Primary key, backwards. One that cannot be read is noted and left out.
    package func operations(before: Int64?, limit: Int) throws -> [StoredOperation] {
        try unreadable.listing(limit: limit, from: before ?? .max) { top, count in
            try connection.all(Self.operationColumns + " WHERE id < ? ORDER BY id DESC LIMIT ?", top, count) { row in
                (row.int64(0), try row.result(.operation, row.int64(0), Self.operation))
            }
        }
    }

    package func operation(_ id: Int64) throws -> StoredOperation? {
        try connection.first(Self.operationColumns + " WHERE id = ?", id, row: Self.operation)
    }

    /// Orders that have begun and not ended, in their order; after a restart they go on. One that cannot be read is noted and left out.
    package func runningOperations() throws -> [StoredOperation] {
        try connection.all(QueueSQL.runningOperations.rawValue) { $0.int64(0) }.compactMap { id in
            let row = try connection.first(Self.operationColumns + " WHERE id = ?", id) { row in
                try row.result(.operation, id, Self.operation)
            }
            if let failure = row?.failure { unreadable.note(failure) }
            return row?.value
        }
    }

    /// What the audit log says about an order, oldest first. Index audit_operation.
    package func audit(of operation: Int64) throws -> [(at: Instant, entry: JSONObject)] {
        try connection.all("SELECT at, entry FROM audit WHERE operation = ? ORDER BY id", operation) { row in
            (Instant(milliseconds: row.int64(0)), StoredJSON.object(row.text(1)))
        }
    }

    private static let operationColumns = """
        SELECT id, at, actor, verb, filter, matched, changed, why, state, eligible, scope, cursor, skipped, ended_at FROM operation
        """

    private static func operation(_ row: borrowing Row) throws -> StoredOperation {
        guard let state = StoredOperation.State(rawValue: row.text(8)) else {
            throw UnreadableRowError(.operation, row.int64(0), .damaged)
        }
        return StoredOperation(
            id: row.int64(0),
            at: Instant(milliseconds: row.int64(1)),
            actor: row.text(2),
            verb: row.text(3),
            filter: row.text(4),
            matched: row.int(5),
            eligible: row.int(9),
            changed: row.int(6),
            why: row.text(7),
            state: state,
            scope: row.text(10),
            cursor: PageID(rawValue: row.int64(11)),
            skipped: SkippedCoding.counts(row.text(12)),
            endedAt: row.int64OrNil(13).map { Instant(milliseconds: $0) }
        )
    }
}

extension QueueReader {
    /// True while pages of the event are still to be made.
    package func isToBeExpanded(_ event: EventID) throws -> Bool {
        try connection.first("SELECT state IN (0, 1, 2) FROM event WHERE id = ?", event.rawValue) { $0.bool(0) }
            ?? false
    }
}
