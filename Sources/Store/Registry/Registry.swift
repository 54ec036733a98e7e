import Domain
import SQLite

/// The registry on disk: directory, accounts and devices. All SQL of `registry.db` is in this folder.
///
/// A file of its own, so that an import never waits for a delivery and no delivery for an import; nothing needs a commit across both.
package final class Registry: Sendable {
    let writer: Writer
    package let path: String
    /// Seals and finds targets; shared with the readers.
    package let seal: TargetSeal
    /// Devices that have changed, by whatever door.
    package let deviceChanges = DeviceChanges()

    /// `folder`: the data folder, already locked by ``QueueStore``.
    /// `keys`: storage keys, the first is current.
    /// `newKey`: 32 random bytes for the hash of targets, used when the registry is new.
    /// Throws `SQLiteError`, or ``TargetSeal/Failure`` when a key is missing or is not the one that sealed.
    package init(
        folder: String,
        keys: [TargetSeal.Key],
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void
    ) throws {
        path = folder + "/registry.db"
        let opening = Opening()
        writer = try Writer(
            path: path,
            options: .init(queuedJobsMax: 4096),
            migrations: RegistrySchema.migrations,
            prepare: { connection in
                try connection.transaction(.immediate) { connection in
                    opening.hashKey = try StorageKeys(connection, keys: keys).open(newHashKey: newKey)
                }
            },
            onFatal: onFatal
        )
        seal = TargetSeal(keys: keys, hashKey: opening.hashKey)
    }

    package func close() async { await writer.stop() }

    /// What opening found; written before the writer's thread starts, then only read.
    private final class Opening: @unchecked Sendable {
        var hashKey: [UInt8] = []
    }
}

/// Reads `registry.db` beside the writer. One connection: used from one thread at a time.
package final class RegistryReader {
    let connection: Connection
    let seal: TargetSeal?
    /// Rows that lists have left out because they cannot be read.
    package let unreadable = UnreadableRows()

    /// `seal`: nil when no target is ever opened (the operator's command).
    package init(folder: String, seal: TargetSeal?) throws {
        connection = try Connection(path: folder + "/registry.db", options: .reader)
        self.seal = seal
    }

    /// Runs `body` on one snapshot, so that a question that takes several statements sees one state of the directory.
    /// Inside a snapshot it is that snapshot.
    package func snapshot<T>(_ body: (RegistryReader) throws -> T) throws -> T {
        if connection.isInTransaction { return try body(self) }
        return try connection.transaction(.deferred) { _ in try body(self) }
    }
}
