import Cryptography
import Database
import Domain

/// The storage keys against what the registry remembers of them, at its opening. Inside the caller's transaction.
///
/// Two things are remembered beside the devices: a check value of each key id that was ever configured, so that a wrong key under a right
/// name is refused before it seals anything; and the hash key of the targets, sealed under *each* configured key, so that a rotation can
/// be rolled back.
struct StorageKeys {
    /// The hash key under the first key; the other copies have the key's id behind a colon.
    private static let hashKeyName = "targetHashKey"
    /// Devices that are tried before a key is called wrong: one of them may be damaged.
    private static let trials = 5

    private let connection: any Session
    private let keys: [TargetSeal.Key]

    init(_ connection: any Session, keys: [TargetSeal.Key]) {
        self.connection = connection
        self.keys = keys
    }

    /// - Returns: the hash key; `newHashKey` when the registry is new.
    /// - Throws: ``TargetSeal/OpenError``; nothing is changed then.
    func open(newHashKey: [UInt8]) throws -> [UInt8] {
        let copies = try connection.all(
            "SELECT name, value FROM meta WHERE name = ?1 OR name >= ?1 || ':' AND name < ?1 || ';'",
            Self.hashKeyName
        ) { (name: $0.text(0), sealed: $0.blob(1)) }
        for key in keys {
            guard let known = try meta("keyCheck:\(key.id)"), known != Self.checkValue(key) else { continue }
            // A flipped bit in eight bytes must not condemn a key that opens what its name has sealed.
            guard copies.contains(where: { opens($0.sealed, key) }) else {
                throw TargetSeal.OpenError.wrongKey(id: key.id)
            }
            try keep("keyCheck:\(key.id)", Self.checkValue(key))
        }
        let hashKey = copies.isEmpty ? newHashKey : try opened(copies.map(\.sealed))
        for key in keys where try meta("keyCheck:\(key.id)") == nil {
            try proveByDevices(key)
            try keep("keyCheck:\(key.id)", Self.checkValue(key))
        }
        try keep(Self.hashKeyName, TargetSeal.seal(hashKey, key: keys[0], context: .registry))
        for key in keys {
            try keep("\(Self.hashKeyName):\(key.id)", TargetSeal.seal(hashKey, key: key, context: .registry))
        }
        try forgetRetired(copies.map(\.name))
        return hashKey
    }

    private func opens(_ sealed: [UInt8], _ key: TargetSeal.Key) -> Bool {
        do {
            _ = try TargetSeal.open(sealed, keys: [key], context: .registry)
            return true
        } catch { return false }
    }

    private func opened(_ copies: [[UInt8]]) throws -> [UInt8] {
        var missing: String?
        var wrong: String?
        for sealed in copies {
            do { return try TargetSeal.open(sealed, keys: keys, context: .registry) } catch TargetSeal.OpenError
                .unknownKey(let id)
            {
                missing = missing ?? id
            } catch {
                wrong = wrong ?? TargetSeal.Header(sealed).map { String(decoding: $0.keyID(in: sealed), as: UTF8.self) }
            }
        }
        if let wrong { throw TargetSeal.OpenError.wrongKey(id: wrong) }
        throw missing.map { TargetSeal.OpenError.unknownKey(id: $0) } ?? .damaged
    }

    /// A key without check value, of a registry that is older than these: it has to open what its name sealed.
    private func proveByDevices(_ key: TargetSeal.Key) throws {
        let seal = TargetSeal(keys: [key], hashKey: [UInt8](repeating: 0, count: 32))
        var tried = 0
        for row in try SealedTargets(connection).first(Self.trials, sealedBy: key.id) {
            do {
                _ = try seal.open(row.target, of: row.installation)
                return
            } catch { tried += 1 }
        }
        if tried > 0 { throw TargetSeal.OpenError.wrongKey(id: key.id) }
    }

    /// A copy under a key that is configured no more goes with the last device the key sealed.
    private func forgetRetired(_ names: [String]) throws {
        let configured = Set(keys.map { "\(Self.hashKeyName):\($0.id)" } + [Self.hashKeyName])
        for name in names where !configured.contains(name) {
            let id = String(name.dropFirst(Self.hashKeyName.utf8.count + 1))
            guard try SealedTargets(connection).first(1, sealedBy: id).isEmpty else { continue }
            try connection.run("DELETE FROM meta WHERE name = ?", name)
        }
    }

    private func meta(_ name: String) throws -> [UInt8]? {
        try connection.first("SELECT value FROM meta WHERE name = ?", name) { $0.blob(0) }
    }

    private func keep(_ name: String, _ value: [UInt8]) throws {
        try connection.run(QueueSQL.setMeta.rawValue, name, value)
    }

    /// Eight bytes that tell two keys apart and nothing of either.
    static func checkValue(_ key: TargetSeal.Key) -> [UInt8] {
        let text = Array("carillon storage key \(key.id)".utf8)
        return Array(HMACSHA256(key.key).code(of: text).prefix(8))
    }
}

/// The devices by the key that sealed them; reads every row, about a second for a million.
struct SealedTargets {
    private static let rowsPerRead = 500

    private let connection: any Session

    init(_ connection: any Session) { self.connection = connection }

    struct Sealed {
        var device: Int64
        var installation: String
        var target: [UInt8]
    }

    func rows(after: Int64, limit: Int) throws -> [Sealed] {
        try connection.all(RegistrySQL.sealedAfter.rawValue, after, limit) { row in
            Sealed(device: row.int64(0), installation: row.text(1), target: row.blob(2))
        }
    }

    func first(_ count: Int, sealedBy id: String) throws -> [Sealed] {
        var found: [Sealed] = []
        let id = Array(id.utf8)
        try each { row in
            if TargetSeal.Header(row.target)?.keyID(in: row.target) == id { found.append(row) }
            return found.count < count
        }
        return found
    }

    /// Calls `body` with each row until it returns false.
    func each(_ body: (Sealed) throws -> Bool) throws {
        var last = Int64.min
        while true {
            let rows = try rows(after: last, limit: Self.rowsPerRead)
            for row in rows where try !body(row) { return }
            guard let end = rows.last else { return }
            last = end.device
        }
    }
}
