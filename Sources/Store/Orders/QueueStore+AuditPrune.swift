import Database
package import Domain

/// Old orders leave the log, and what is left can still be verified.
extension QueueStore {
    static let pruneVerb = "operation.prune"

    /// Removes the oldest orders with their entries, and seals the head of what was removed into the chain: the next walk begins there.
    ///
    /// Only from the front, and only orders that are over: an order whose last entry is younger stays whole, with all behind it. A slice at
    /// a time; each writes an order of its own, so it waits until `slack` has gathered.
    ///
    /// - Returns: how many entries went; call again until none.
    package func pruneAudit(
        before: Instant,
        slack: Duration = .seconds(30 * 86_400),
        max: Int = 1000,
        now: Instant
    ) async throws(StoreError) -> Int {
        try await writer.run(.full) { [seal] connection in
            let oldest = try connection.first("SELECT id, at FROM audit ORDER BY id LIMIT 1") {
                ($0.int64(0), $0.int64(1))
            }
            guard let (first, at) = oldest, at < before.milliseconds - slack.wholeMilliseconds else { return 0 }
            guard let through = try Self.prunable(from: first, before: before, max: max, connection) else { return 0 }
            let hash = try connection.first(QueueSQL.auditHash.rawValue, through) { $0.blob(0) } ?? []
            let count =
                try connection.first("SELECT count(*) FROM audit WHERE id <= ?", through) { $0.int(0) } ?? 0
            let order = InstantOperation(
                actor: "carillon",
                verb: Self.pruneVerb,
                filter: "entries through \(through)",
                why: "retention.operationDays",
                changed: count
            )
            let anchor = AuditAnchor(through: through, hash: hash)
            // Before the rows go: it is sealed with the hash of the last one, which may be among them.
            try Self.audit(order, more: anchor.members, seal: seal, now: now, connection)
            // Primary key of audit, a bounded range; index audit_operation is not needed.
            try connection.run(
                "DELETE FROM operation WHERE id IN (SELECT operation FROM audit WHERE id <= ?)",
                through
            )
            try connection.run("DELETE FROM audit WHERE id <= ?", through)
            return count
        }
    }

    /// The last entry that may go; nil when the first order may not.
    private static func prunable(
        from first: Int64,
        before: Instant,
        max: Int,
        _ connection: any Session
    ) throws -> Int64? {
        var through = first - 1
        try connection.query(
            "SELECT id, at FROM audit WHERE id >= ? ORDER BY id LIMIT ?",
            first,
            max
        ) { row in
            if through == row.int64(0) - 1, row.int64(1) < before.milliseconds { through = row.int64(0) }
        }
        // Orders that reach beyond, or are not over, and what lies behind their first entry stay. Index audit_operation.
        while through >= first {
            let reaching = try connection.first(
                """
                SELECT min(id) FROM audit WHERE id <= ?1 AND (
                    EXISTS (SELECT 1 FROM audit later WHERE later.operation = audit.operation AND later.id > ?1)
                    OR EXISTS (SELECT 1 FROM operation WHERE id = audit.operation AND state = 'running'))
                """,
                through
            ) { $0.int64OrNil(0) }
            guard let start = reaching ?? nil else { return through }
            through = start - 1
        }
        return nil
    }
}

/// The head of what was removed from the log, as the entry of its removal tells it.
struct AuditAnchor {
    /// The last entry that was removed.
    var through: Int64
    var hash: [UInt8]

    init(through: Int64, hash: [UInt8]) {
        self.through = through
        self.hash = hash
    }

    /// nil when the entry tells of no removal.
    init?(_ entry: JSONObject) {
        guard let through = entry["through"]?.int64, let hash = entry["hash"]?.string.flatMap(AuditChain.bytes) else {
            return nil
        }
        self.init(through: through, hash: hash)
    }

    var members: JSONObject {
        JSONObject(["through": .number(through), "hash": .string(Hex.text(hash))])
    }
}
