import Database
package import Domain

extension Registry {
    /// What a slice of a reseal did.
    package struct Resealed: Hashable, Sendable {
        package var looked = 0
        package var moved = 0
        /// No configured key opens them; they stay as they are.
        package var failed = 0
        /// Where the next slice begins; nil: that was the last device.
        package var next: DeviceID?

        package init(looked: Int = 0, moved: Int = 0, failed: Int = 0, next: DeviceID? = nil) {
            self.looked = looked
            self.moved = moved
            self.failed = failed
            self.next = next
        }
    }

    /// Seals the devices behind `after` under the first key, bound to their rows: one transaction of at most `max` rows, so that
    /// registrations and imports come between two slices.
    package func reseal(after: DeviceID, max: Int) async throws(StoreError) -> Resealed {
        let seal = seal
        return try await writer.run(.normal) { connection in
            let rows = try SealedTargets(connection).rows(after: after.rawValue, limit: max)
            var done = Resealed(looked: rows.count)
            if rows.count == max { done.next = rows.last.map { DeviceID(rawValue: $0.device) } }
            for row in rows {
                do {
                    guard let sealed = try seal.resealed(row.target, of: row.installation) else { continue }
                    try connection.run(RegistrySQL.reseal.rawValue, sealed, row.device)
                    done.moved += 1
                } catch is TargetSeal.OpenError {
                    // A row nobody can open is its own fault, not its neighbours'.
                    done.failed += 1
                }
            }
            return done
        }
    }
}

/// How many devices a key has sealed.
package struct KeyUse: Hashable, Sendable {
    package var id: String
    package var devices = 0
    /// Sealed before seals were bound to their rows.
    package var unbound: Int

    package init(id: String, devices: Int = 0, unbound: Int = 0) {
        self.id = id
        self.devices = devices
        self.unbound = unbound
    }
}

extension RegistryReader {
    /// By key id; the empty id stands for what has no readable header. Reads every device.
    package func keyUses() throws -> [KeyUse] {
        var uses: [[UInt8]: KeyUse] = [:]
        try SealedTargets(connection).each { row in
            let header = TargetSeal.Header(row.target)
            let id = header?.keyID(in: row.target) ?? []
            uses[id, default: KeyUse(id: String(decoding: id, as: UTF8.self))].devices += 1
            if header?.isBound == false { uses[id]?.unbound += 1 }
            return true
        }
        return uses.values.sorted { Array($0.id.utf8).lexicographicallyPrecedes(Array($1.id.utf8)) }
    }

    /// Whether the key is the one this registry knows by its name; nil for a name it has never seen.
    package func isRight(_ key: TargetSeal.Key) throws -> Bool? {
        let known = try connection.first("SELECT value FROM meta WHERE name = ?", "keyCheck:\(key.id)") { $0.blob(0) }
        return known.map { $0 == StorageKeys.checkValue(key) }
    }
}
