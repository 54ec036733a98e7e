import Database
package import Domain

/// The audit log's last entry at a moment, as it is noted elsewhere: a log that was made anew, or whose end was cut off, contradicts it.
package struct AuditHead: Sendable, Equatable {
    /// 0 of an empty log.
    package var entry: Int64
    /// When it was noted.
    package var at: Instant
    /// Of the entry, 32 bytes.
    package var hash: [UInt8]
    /// nil: noted without a key.
    package var key: String?
    /// Over number, time and hash.
    package var code: [UInt8]

    init(entry: Int64, hash: [UInt8], at: Instant, seal: AuditSeal) {
        self.entry = entry
        self.at = at
        self.hash = hash
        code = []
        if let (key, code) = seal.code(ofHead: text) {
            self.key = key
            self.code = code
        }
    }

    /// nil when it is none; unknown members are passed over.
    package init?(_ object: JSONObject) {
        guard let entry = object["entry"]?.int64, entry >= 0,
            let at = object["at"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let hash = object["hash"]?.string.flatMap(AuditChain.bytes)
        else { return nil }
        self.entry = entry
        self.at = at
        self.hash = hash
        key = object["key"]?.string
        code = object["code"]?.string.flatMap(AuditChain.bytes) ?? []
    }

    /// As it is noted: hashes and codes hexadecimal.
    package var object: JSONObject {
        var object = JSONObject([
            "entry": .number(entry), "at": .string(at.rfc3339), "hash": .string(Hex.text(hash)),
        ])
        if let key {
            object["key"] = .string(key)
            object["code"] = .string(Hex.text(code))
        }
        return object
    }

    /// nil when the key is not at hand, or it has none.
    func isProven(by seal: AuditSeal) -> Bool? { key.flatMap { seal.holds(code, ofHead: text, key: $0) } }

    /// What the code is over; the time as it is written, to the precision it is written with.
    private var text: [UInt8] { Array("\(entry) \(at.rfc3339) \(Hex.text(hash))".utf8) }
}

extension QueueReader {
    /// Where the log ends. Primary key, backwards.
    package func auditHead(at now: Instant, seal: AuditSeal) throws -> AuditHead {
        let last = try connection.first("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1") {
            (entry: $0.int64(0), hash: $0.blob(1))
        }
        return AuditHead(entry: last?.entry ?? 0, hash: last?.hash ?? AuditChain.seed, at: now, seal: seal)
    }
}
