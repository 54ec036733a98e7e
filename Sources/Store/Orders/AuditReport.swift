import Database
package import Domain

/// What a walk along the audit log found.
package struct AuditReport: Sendable {
    package var entries = 0
    package var operations = 0
    /// SHA-256 of the last row, hexadecimal; empty for an empty log. Worth keeping elsewhere.
    package var head = ""
    /// When the first entry was written; nil for an empty log.
    package var since: Instant?
    /// Entries that were removed by age before it.
    package var pruned: Int64 = 0
    /// Entries that a code proves, those of a key that is not at hand left out.
    package var sealed = 0
    /// Of the last entry; nil: it is not sealed.
    package var key: String?
    /// Heads noted elsewhere that are part of the log, or older than it.
    package var heads = 0
    /// The first row that is not as it was written, in a sentence; nil: everything fits.
    package var broken: String?
}

extension QueueReader {
    /// Walks the whole chain, a slice at a time, and holds every order against what the log says of it. About 5 µs an entry.
    ///
    /// - Parameters:
    ///   - seal: every key an entry is sealed with must be among its keys, and the last entry sealed with the current one. Without keys the
    ///     chain of hashes is walked alone.
    ///   - heads: noted elsewhere; the log may not contradict one.
    ///   - head: a hash noted earlier, hexadecimal; it must be one of the chain's.
    /// - Returns: what was found, with the first row that does not fit.
    /// - Throws: when the store cannot be read.
    package func verifyAudit(
        seal: AuditSeal = .none,
        heads: [AuditHead] = [],
        head: String? = nil
    ) throws -> AuditReport {
        var walk = AuditWalk(sought: head?.lowercased(), seal: seal, heads: heads, from: try auditAnchor())
        while let rows = try nextAuditRows(after: walk.last), !rows.isEmpty {
            for row in rows {
                let operation = try operation(row.operation)
                if let broken = walk.step(row, operation) { return walk.report(broken) }
            }
        }
        let numbered = try connection.lastNumber(of: AuditChain.table)
        guard numbered == walk.last else {
            return walk.report("the log ends at entry \(walk.last), but \(numbered) were written")
        }
        if let broken = walk.end() { return walk.report(broken) }
        guard walk.sought == nil else {
            return walk.report(
                "the head that was noted is not in the log" + (walk.isPruned ? ", or older than it" : "")
            )
        }
        let unlogged = try connection.first(
            "SELECT min(id) FROM operation WHERE NOT EXISTS (SELECT 1 FROM audit WHERE operation = operation.id)"
        ) { $0.int64OrNil(0) }
        if let unlogged = unlogged ?? nil { return walk.report("operation \(unlogged) is not in the log") }
        return walk.report(nil)
    }

    /// What the latest removal sealed; the walk proves that entry like all others.
    private func auditAnchor() throws -> AuditAnchor? {
        let entry = try connection.first(
            """
            SELECT entry FROM operation JOIN audit ON audit.operation = operation.id WHERE verb = ? ORDER BY audit.id DESC LIMIT 1
            """,
            QueueStore.pruneVerb
        ) { $0.text(0) }
        return entry.flatMap(AuditWalk.object).flatMap { AuditAnchor($0) }
    }

    private func nextAuditRows(after last: Int64) throws -> [AuditWalk.Row]? {
        try connection.all(
            "SELECT id, at, operation, entry, hash, key, code FROM audit WHERE id > ? ORDER BY id LIMIT 500",
            last
        ) { row in
            AuditWalk.Row(
                id: row.int64(0),
                at: row.int64(1),
                operation: row.int64(2),
                entry: row.text(3),
                hash: row.blob(4),
                key: row.textOrNil(5),
                code: row.isNull(6) ? [] : row.blob(6)
            )
        }
    }
}

/// The state of a walk along the chain.
private struct AuditWalk {
    struct Row {
        var id: Int64
        var at: Int64
        var operation: Int64
        var entry: String
        var hash: [UInt8]
        var key: String?
        var code: [UInt8]
    }

    private(set) var last: Int64
    private var previous: [UInt8]
    private let pruned: Int64
    private var since: Int64?
    private var entries = 0
    private var operations: Set<Int64> = []
    /// nil once it was met.
    private(set) var sought: String?

    private let seal: AuditSeal
    /// Of the last entry.
    private var key: String?
    private var sealed = 0
    private let heads: [AuditHead]
    /// Index of the first head whose entry is still to come; they are in the order of entries.
    private var headsMet = 0

    /// `anchor`: the head of what was removed by age.
    init(sought: String?, seal: AuditSeal, heads: [AuditHead], from anchor: AuditAnchor?) {
        self.seal = seal
        self.heads = heads.sorted { ($0.entry, $0.at) < ($1.entry, $1.at) }
        last = anchor?.through ?? 0
        previous = anchor?.hash ?? AuditChain.seed
        pruned = last
        self.sought = sought == anchor.map { Hex.text($0.hash) } ? nil : sought
    }

    /// nil: the row fits.
    mutating func step(_ row: Row, _ operation: StoredOperation?) -> String? {
        let name = "entry \(row.id) (operation \(row.operation))"
        guard row.id == last + 1 else { return "entry \(last + 1) is missing" }
        let hash = AuditChain.hash(
            previous: previous,
            id: row.id,
            at: row.at,
            operation: row.operation,
            entry: row.entry
        )
        if let broken = meet(before: row.id) { return broken }
        guard hash == row.hash else { return "\(name) was changed: its hash does not follow from the entry before" }
        if let broken = prove(row, name) { return broken }
        guard let operation else { return "operation \(row.operation) was removed; \(name) tells of it" }
        if let member = disagreement(row, operation) {
            return "operation \(row.operation) was changed: its \(member) is not what \(name) says"
        }
        since = since ?? row.at
        last = row.id
        previous = hash
        entries += 1
        operations.insert(row.operation)
        if let sought, sought == Hex.text(hash) { self.sought = nil }
        return nil
    }

    /// Whether who wrote the entry had the key it names.
    private mutating func prove(_ row: Row, _ name: String) -> String? {
        guard let rowKey = row.key else {
            return key.map { _ in "\(name) is not sealed, though the one before it is" }
        }
        key = rowKey
        switch seal.holds(row.code, of: row.hash, key: rowKey) {
        case true?: sealed += 1
        case false?: return "\(name) was not written with the key \"\(rowKey)\": its code is not the key's"
        case nil:
            guard seal.currentKey == nil else {
                return "\(name) is sealed with the key \"\(rowKey)\", which audit.keyFile does not have"
            }
        }
        return nil
    }

    /// Holds the heads of the last entry against it: what they noted is what stands there.
    private mutating func meet(before next: Int64) -> String? {
        while headsMet < heads.count, heads[headsMet].entry < next {
            let head = heads[headsMet]
            if head.isProven(by: seal) == false {
                return "the head noted at \(head.at.rfc3339) was not written with the key \"\(head.key ?? "")\""
            }
            guard head.entry < last || head.hash == previous else {
                return "entry \(head.entry) is not the one that was noted at \(head.at.rfc3339): the log was made anew"
            }
            headsMet += 1
        }
        return nil
    }

    /// What shows only at the end: a last entry that the current key does not prove, and heads beyond it.
    mutating func end() -> String? {
        if let broken = meet(before: last + 1) { return broken }
        if headsMet < heads.count {
            let head = heads[headsMet]
            return
                "the log ends at entry \(last), but entry \(head.entry) was noted at \(head.at.rfc3339): its end was cut off"
        }
        guard let current = seal.currentKey, last > 0, key != current else { return nil }
        return
            "the last entry, \(last), is not sealed with the key \"\(current)\"; the gateway does it when it starts with this key"
    }

    var isPruned: Bool { pruned > 0 }

    func report(_ broken: String?) -> AuditReport {
        AuditReport(
            entries: entries,
            operations: operations.count,
            head: entries == 0 ? "" : Hex.text(previous),
            since: since.map { Instant(milliseconds: $0) },
            pruned: pruned,
            sealed: sealed,
            key: key,
            heads: headsMet,
            broken: broken
        )
    }

    /// The first member of the order that the entry contradicts; what the entry does not tell cannot disagree.
    private func disagreement(_ row: Row, _ operation: StoredOperation) -> String? {
        guard let entry = Self.object(row.entry) else { return "entry" }
        let what = entry["what"]?.string
        if what == "cancelled" { return nil }
        let told: [(String, JSONValue)] = [
            ("actor", .string(operation.actor)), ("verb", .string(operation.verb)),
            ("filter", .string(operation.filter)), ("scope", .string(operation.scope)),
            ("matched", .number(operation.matched)), ("eligible", .number(operation.eligible)),
            ("changed", .number(operation.changed)), ("why", .string(operation.why)),
            ("state", .string(operation.state.rawValue)),
        ]
        for (name, value) in told {
            if let own = entry[name], own != value { return name }
        }
        let time = what == "ended" ? operation.endedAt?.milliseconds : operation.at.milliseconds
        return time == row.at ? nil : "time"
    }

    static func object(_ text: String) -> JSONObject? {
        do { return try JSONParser.parse(text).object } catch { return nil }
    }
}
