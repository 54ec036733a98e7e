import Cryptography
import Database
import Domain

/// The log of orders: each row is sealed with the hash of the row before it, so that a row that was changed, removed or put in shows.
///
/// Rows are only added: that an order began, that it ended, that somebody cancelled it. The tables of progress beside it may change;
/// ``QueueReader/verifyAudit(seal:heads:head:)`` holds them against the log. Somebody who may write the file can make a whole new chain of
/// hashes: ``AuditSeal`` puts a code beside each that wants a key, and a head that was noted elsewhere (``AuditHead``) shows an end that
/// was cut off.
enum AuditChain {
    /// Its numbers have no gap: one that is missing is a row that was removed.
    static let table = "audit"

    /// Of the row before the first.
    static let seed = [UInt8](repeating: 0, count: 32)

    /// SHA-256 over the hash before, the numbers as 8 bytes big-endian, and the entry's text.
    static func hash(previous: [UInt8], id: Int64, at: Int64, operation: Int64, entry: String) -> [UInt8] {
        var sha = SHA256()
        sha.update(previous)
        for number in [id, at, operation] {
            withUnsafeBytes(of: number.bigEndian) { sha.update($0) }
        }
        sha.update(entry)
        return sha.finalize()
    }

    /// nil when it is not the text of 32 bytes.
    static func bytes(_ hex: String) -> [UInt8]? { Hex.bytes(hex).flatMap { $0.count == 32 ? $0 : nil } }

    /// Adds a row in the transaction that is open.
    ///
    /// - Returns: its hash, the chain's head.
    @discardableResult
    static func append(
        _ entry: JSONObject,
        operation: Int64,
        at now: Int64,
        seal: AuditSeal,
        _ connection: any Session
    ) throws -> [UInt8] {
        // AUTOINCREMENT never gives a number twice; the row has to know its own before it is sealed.
        let last = try connection.lastNumber(of: table)
        let previous = try connection.first(QueueSQL.auditHash.rawValue, last) { $0.blob(0) } ?? seed
        let text = JSONWriter.text(.object(entry))
        let hash = hash(previous: previous, id: last + 1, at: now, operation: operation, entry: text)
        try connection.run(
            "INSERT INTO audit(id, at, operation, entry, hash) VALUES (?, ?, ?, ?, ?)",
            last + 1,
            now,
            operation,
            text,
            hash
        )
        // Not one statement: migration 2 appends, too, and its table has no such columns yet.
        if let (key, code) = seal.code(of: hash) {
            try connection.run("UPDATE audit SET key = ?, code = ? WHERE id = ?", key, code, last + 1)
        }
        return hash
    }

    /// Goes on with another key, or with the first one: an entry that names the head before it, under the current key. Nothing happens
    /// while the last entry is the current key's.
    ///
    /// - Returns: what is wrong with the end of the log, in a sentence; nil: nothing.
    static func tie(_ seal: AuditSeal, now: Instant, _ connection: any Session) throws -> String? {
        let end = try connection.first("SELECT id, hash, key, code FROM audit ORDER BY id DESC LIMIT 1") {
            (id: $0.int64(0), hash: $0.blob(1), key: $0.textOrNil(2), code: $0.isNull(3) ? [] : $0.blob(3))
        }
        guard let end else { return nil }
        let finding = end.key.flatMap { key -> String? in
            switch seal.holds(end.code, of: end.hash, key: key) {
            case true?: nil
            case false?: "entry \(end.id) of the audit log is not sealed with the key \"\(key)\""
            case nil:
                "entry \(end.id) of the audit log is sealed with the key \"\(key)\", which audit.keyFile does not have"
            }
        }
        guard let current = seal.currentKey, end.key != current else { return finding }
        let order = InstantOperation(
            actor: "carillon",
            verb: "audit.key",
            filter: "key=\(current)",
            why: end.key.map { "after the key \($0)" } ?? "the first key",
            changed: 0
        )
        let head = JSONObject(["head": .string(Hex.text(end.hash)), "through": .number(end.id)])
        try QueueStore.audit(order, more: JSONObject(["tied": .object(head)]), seal: seal, now: now, connection)
        return finding
    }

    /// Orders of an older store, which had no chain, enter it as they stand. Part of migration 2: never changes.
    static func adoptOperations(_ connection: any Session) throws {
        try connection.run("UPDATE operation SET eligible = matched, ended_at = at")
        let rows = try connection.all(
            "SELECT id, at, actor, verb, filter, matched, changed, why FROM operation ORDER BY id"
        ) { row in
            (
                row.int64(0), row.int64(1),
                JSONObject([
                    "what": "adopted", "actor": .string(row.text(2)), "verb": .string(row.text(3)),
                    "filter": .string(row.text(4)), "matched": .number(row.int64(5)), "changed": .number(row.int64(6)),
                    "why": .string(row.text(7)),
                ])
            )
        }
        for (id, at, entry) in rows { try append(entry, operation: id, at: at, seal: .none, connection) }
    }
}
