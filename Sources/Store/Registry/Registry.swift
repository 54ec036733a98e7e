import Database
import Domain

/// The registry on disk: directory, accounts and devices. Its SQL is in this folder, in texts that any engine reads.
///
/// A file of its own, so that an import never waits for a delivery and no delivery for an import; nothing needs a commit across both.
package final class Registry: Sendable {
    let writer: any SessionWriter
    /// Seals and finds targets; shared with the readers.
    package let seal: TargetSeal

    /// Made by ``Stores``.
    init(writer: any SessionWriter, seal: TargetSeal) {
        self.writer = writer
        self.seal = seal
    }

    package func close() async { await writer.stop() }

    /// What the registry is opened with, inside a transaction: the key of its targets' hashes, sealed anew at each start, so that an old
    /// storage key can be retired once the devices have moved.
    ///
    /// `newKey`: 32 random bytes, used when the registry is new.
    /// Throws ``TargetSeal/Failure`` when no key opens what an earlier key sealed.
    static func open(_ session: any Session, keys: [TargetSeal.Key], newKey: [UInt8]) throws -> TargetSeal {
        try session.run(QueueSQL.addMeta.rawValue, hashKey, try TargetSeal.seal(newKey, key: keys[0]))
        guard let sealed = try session.first(QueueSQL.meta.rawValue, hashKey, row: { $0.blob(0) }) else {
            throw StoreError.damaged("the registry has no key for its targets")
        }
        let opened = try TargetSeal.open(sealed, keys: keys)
        try session.run(QueueSQL.setMeta.rawValue, hashKey, try TargetSeal.seal(opened, key: keys[0]))
        return TargetSeal(keys: keys, hashKey: opened)
    }

    private static let hashKey = "targetHashKey"
}

/// Reads `registry.db` beside the writer. One connection: used from one thread at a time.
package final class RegistryReader {
    let connection: any Session
    let seal: TargetSeal?

    /// `seal`: nil when no target is ever opened (the operator's command).
    init(connection: any Session, seal: TargetSeal?) {
        self.connection = connection
        self.seal = seal
    }

    /// Runs `body` on one snapshot, so that a question that takes several statements sees one state of the directory.
    /// Inside a snapshot it is that snapshot.
    package func snapshot<T>(_ body: (RegistryReader) throws -> T) throws -> T {
        if connection.isInTransaction { return try body(self) }
        return try connection.transaction(.deferred) { _ in try body(self) }
    }
}
