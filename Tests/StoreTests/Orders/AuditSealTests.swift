import Crypto
import Cryptography
import Database
import Domain
import SQLite
import Store
import StoreConformance
import Testing

/// The audit log under a key: who may write the file and has no key can change nothing unseen.
@Suite(.timeLimit(.minutes(1)))
struct AuditSealTests {
    let folder: TestFolder
    let now = TestFolder.start
    static let first = key("k1", 1)
    static let second = key("k2", 2)

    static func key(_ id: String, _ byte: UInt8) -> AuditSeal.Key {
        AuditSeal.Key(id: id, key: Cryptography.SymmetricKey(data: [UInt8](repeating: byte, count: 32)))
    }

    init() throws { folder = try TestFolder() }

    /// Opens the store with these keys and keeps orders.
    private func keep(_ orders: Int, _ keys: AuditSeal.Key..., finding: String? = nil) async throws {
        let queue = try SQLiteStores(folder: folder.path, seal: AuditSeal(keys: keys)).openQueue(
            now: now,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: { _ in }
        )
        #expect((queue.auditFinding ?? "").contains(finding ?? "") && (queue.auditFinding == nil) == (finding == nil))
        for number in 0..<orders {
            let order = InstantOperation(actor: "lea", verb: "x", filter: "number=\(number)", why: "", changed: 0)
            try await queue.keep(order, now: now + .seconds(Int64(number)))
        }
        await queue.close()
    }

    private func report(_ keys: AuditSeal.Key..., heads: [AuditHead] = []) throws -> AuditReport {
        try folder.reader().verifyAudit(seal: AuditSeal(keys: keys), heads: heads)
    }

    private func head(_ keys: AuditSeal.Key...) throws -> AuditHead {
        let head = try folder.reader().auditHead(at: now, seal: AuditSeal(keys: keys))
        return try #require(AuditHead(head.object))
    }

    /// What somebody without the key can do: rows that follow from one another.
    private func recompute(from first: Int64, code: String? = nil) throws {
        let intruder = try folder.intruder()
        let rows = try intruder.all("SELECT id, at, operation, entry, hash FROM audit ORDER BY id") { row in
            (id: row.int64(0), at: row.int64(1), operation: row.int64(2), entry: row.text(3), hash: row.blob(4))
        }
        var previous = [UInt8](repeating: 0, count: 32)
        for row in rows {
            var hash = row.hash
            if row.id >= first {
                var sha = Crypto.SHA256()
                sha.update(data: previous)
                for number in [row.id, row.at, row.operation] {
                    withUnsafeBytes(of: number.bigEndian) { sha.update(bufferPointer: $0) }
                }
                sha.update(data: Array(row.entry.utf8))
                hash = Array(sha.finalize())
                try intruder.run("UPDATE audit SET hash = ? WHERE id = ?", hash, row.id)
                if let code { try intruder.execute("UPDATE audit SET \(code) WHERE id = \(row.id)") }
            }
            previous = hash
        }
    }

    @Test func `each entry is proven by its key`() async throws {
        try await keep(3, Self.first)
        let report = try report(Self.first)
        #expect(report.broken == nil && report.sealed == 3 && report.key == "k1" && report.entries == 3, "\(report)")
        // Nothing can be proven without the key, and nothing contradicts it.
        let bare = try self.report()
        #expect(bare.broken == nil && bare.sealed == 0 && bare.key == "k1")
    }

    @Test(arguments: [nil, "key = NULL, code = NULL", "key = 'zzz'", "code = zeroblob(32)"])
    func `a chain that was computed anew without the key is named`(code: String?) async throws {
        try await keep(5, Self.first)
        try folder.intruder().execute(
            """
            UPDATE audit SET entry = replace(entry, 'number=2', 'number=9') WHERE id = 3;
            UPDATE operation SET filter = 'number=9' WHERE id = 3
            """
        )
        try recompute(from: 3, code: code)
        #expect(try report().broken == nil || code == "key = NULL, code = NULL")
        let broken = try #require(try report(Self.first).broken)
        #expect(broken.contains("entry 3"), "\(broken)")
    }

    @Test func `the wrong key under the right name proves nothing`() async throws {
        try await keep(2, Self.first)
        let broken = try #require(try report(Self.key("k1", 9)).broken)
        #expect(broken.contains("entry 1") && broken.contains("\"k1\""), "\(broken)")
        try await keep(0, Self.key("k1", 9), finding: "entry 2 of the audit log is not sealed with the key \"k1\"")
    }

    @Test func `a log of hashes alone goes on under the first key, which proves what was before`() async throws {
        try await keep(3)
        #expect(try report(Self.first).broken?.contains("not sealed with the key \"k1\"") == true)
        try await keep(1, Self.first)
        let report = try report(Self.first)
        #expect(report.broken == nil && report.entries == 5 && report.sealed == 2, "\(report)")
        let tie = try #require(try folder.reader().operations(before: nil, limit: 2).last)
        #expect(tie.verb == "audit.key" && tie.filter == "key=k1" && tie.actor == "carillon")
        try folder.intruder().execute(
            "UPDATE audit SET at = 1 WHERE id = 1; UPDATE operation SET at = 1, ended_at = 1 WHERE id = 1"
        )
        try recompute(from: 1)
        #expect(try self.report(Self.first).broken?.contains("entry 4") == true)
    }

    @Test func `a key is changed, and the old one's entries stay proven`() async throws {
        try await keep(2, Self.first)
        try await keep(2, Self.second, Self.first)
        // Opened again nothing is added.
        try await keep(0, Self.second, Self.first)
        let report = try report(Self.second, Self.first)
        #expect(report.broken == nil && report.sealed == 5 && report.key == "k2", "\(report)")
        #expect(try self.report(Self.second).broken?.contains("key \"k1\", which audit.keyFile does not have") == true)
        // Whoever has the old key alone can cut the new one's entries off, but not end the log.
        try folder.intruder().execute(
            """
            DELETE FROM audit WHERE id > 2; DELETE FROM operation WHERE id > 2;
            UPDATE sqlite_sequence SET seq = 2 WHERE name IN ('audit', 'operation')
            """
        )
        #expect(try self.report(Self.second, Self.first).broken?.contains("the last entry, 2, is not sealed") == true)
    }

    @Test func `a key that was taken away is found at the start`() async throws {
        try await keep(1, Self.first)
        try await keep(1, finding: "key \"k1\", which audit.keyFile does not have")
        #expect(try report(Self.first).broken?.contains("entry 2 (operation 2) is not sealed") == true)
    }

    @Test func `a head noted elsewhere shows an end that was cut off`() async throws {
        try await keep(4, Self.first)
        let early = try head(Self.first)
        try await keep(2, Self.first)
        let late = try head(Self.first)
        let whole = try report(Self.first, heads: [late, early])
        #expect(whole.broken == nil && whole.heads == 2, "\(whole)")
        try folder.intruder().execute(
            """
            DELETE FROM audit WHERE id = 6; DELETE FROM operation WHERE id = 6;
            UPDATE sqlite_sequence SET seq = 5 WHERE name IN ('audit', 'operation')
            """
        )
        #expect(try report(Self.first, heads: [early]).broken == nil, "the log itself cannot show it")
        let broken = try #require(try report(Self.first, heads: [early, late]).broken)
        #expect(broken.contains("ends at entry 5, but entry 6 was noted"), "\(broken)")
    }

    @Test func `a head noted elsewhere shows a log that was made anew, also with the key`() async throws {
        try await keep(3, Self.first)
        let head = try head(Self.first)
        let other = try TestFolder()
        let queue = try SQLiteStores(folder: other.path, seal: AuditSeal(keys: [Self.first])).openQueue(
            now: now,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: { _ in }
        )
        for _ in 1...3 {
            let order = InstantOperation(actor: "eve", verb: "x", filter: "", why: "", changed: 0)
            try await queue.keep(order, now: now)
        }
        await queue.close()
        let seal = AuditSeal(keys: [Self.first])
        #expect(try other.reader().verifyAudit(seal: seal).broken == nil)
        let broken = try #require(try other.reader().verifyAudit(seal: seal, heads: [head]).broken)
        #expect(broken.contains("entry 3 is not the one that was noted"), "\(broken)")
    }

    @Test func `a head that was changed is no witness`() async throws {
        try await keep(3, Self.first)
        var head = try head(Self.first)
        head.entry = 2
        #expect(try report(Self.first, heads: [head]).broken?.contains("was not written with the key \"k1\"") == true)
        var object = head.object
        object["hash"] = "12"
        #expect(AuditHead(object) == nil && AuditHead(JSONObject()) == nil)
    }

    @Test func `heads stay true after pruning, also that of what was removed last`() async throws {
        try await keep(3, Self.first)
        let head = try head(Self.first)
        let queue = try SQLiteStores(folder: folder.path, seal: AuditSeal(keys: [Self.first])).openQueue(
            now: now,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: { _ in }
        )
        #expect(try await queue.pruneAudit(before: now + .seconds(9), slack: .zero, now: now + .seconds(9)) == 3)
        await queue.close()
        let report = try report(Self.first, heads: [head])
        #expect(report.broken == nil && report.pruned == 3 && report.sealed == 1 && report.heads == 1, "\(report)")
    }

    @Test func `an empty log has a head, too`() async throws {
        try await keep(0, Self.first)
        let head = try head(Self.first)
        #expect(head.entry == 0)
        #expect(try report(Self.first, heads: [head]).broken == nil)
        try await keep(1, Self.first)
        #expect(try report(Self.first, heads: [head]).broken == nil)
    }
}
