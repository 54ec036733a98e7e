import Database
import Domain

/// The registry on disk: directory, accounts and devices. Its SQL is in this folder, in texts that any engine reads.
///
/// A file of its own, so that an import never waits for a delivery and no delivery for an import; nothing needs a commit across both.
package final class Registry: Sendable {
    let writer: any SessionWriter
    /// Seals and finds targets; shared with the readers.
    package let seal: TargetSeal
    /// Devices that have changed, by whatever way.
    package let deviceChanges = DeviceChanges()
    package let wishChanges = WishChanges()

    /// Opens a session beside the writer that may have temporary tables: imports are planned on it.
    let openPlanner: @Sendable () throws -> any Session

    /// Made by ``Stores``.
    init(writer: any SessionWriter, seal: TargetSeal, openPlanner: @escaping @Sendable () throws -> any Session) {
        self.writer = writer
        self.seal = seal
        self.openPlanner = openPlanner
    }

    package func close() async { await writer.stop() }

    /// What the registry is opened with, inside a transaction: the key of its targets' hashes.
    ///
    /// `newKey`: 32 random bytes, used when the registry is new.
    /// Throws ``TargetSeal/OpenError`` when a storage key is missing or is not the one that sealed; nothing is changed then.
    static func open(_ session: any Session, keys: [TargetSeal.Key], newKey: [UInt8]) throws -> TargetSeal {
        TargetSeal(keys: keys, hashKey: try StorageKeys(session, keys: keys).open(newHashKey: newKey))
    }
}
