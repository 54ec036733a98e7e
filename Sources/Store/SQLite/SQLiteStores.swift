package import Database
package import Domain
import SQLite

/// Both stores as files of one data folder, `queue.db` and `registry.db`, for one process at a time.
///
/// A claim on a page needs no row: the one process keeps its claims in memory, and a restart finds in the results what is still to do.
package struct SQLiteStores: Stores {
    /// Exists, mode 0700.
    package let folder: String

    /// Of the audit log.
    private let seal: AuditSeal

    /// `seal`: nothing is sealed without; a reader needs none.
    package init(folder: String, seal: AuditSeal = .none) {
        self.folder = folder
        self.seal = seal
    }

    package func openQueue(
        now: Instant,
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void,
        onCommit: @escaping @Sendable (CommitReport) -> Void
    ) throws -> QueueStore {
        let lock: ProcessLock
        do throws(ProcessLockError) { lock = try ProcessLock(path: folder + "/lock") } catch {
            if case .held(_, let pid) = error { throw StoreError.inUse("\(error)", pid: pid) }
            throw StoreError.unusable("\(error)")
        }
        let place = Place<QueueStore.Opening>()
        let writer = try sorting {
            try Writer(
                path: folder + "/queue.db",
                name: "queue-writer",
                options: .init(queuedJobsMax: 8192),
                migrations: QueueSchema.migrations,
                prepare: { connection in
                    place.value = try connection.transaction(.immediate) {
                        try QueueStore.Opening($0, newKey: newKey, seal: seal, now: now)
                    }
                },
                check: { [place] in try place.value?.check($0) },
                onFatal: onFatal,
                onCommit: onCommit
            )
        }
        guard let opening = place.value else { throw StoreError.failed("the queue was not prepared") }
        return QueueStore(writer: writer, opening: opening, seal: seal, holding: lock)
    }

    package func openRegistry(
        keys: [TargetSeal.Key],
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void
    ) throws -> Registry {
        let place = Place<TargetSeal>()
        let writer = try sorting {
            try Writer(
                path: folder + "/registry.db",
                name: "registry-writer",
                options: .init(queuedJobsMax: 4096),
                migrations: RegistrySchema.migrations,
                prepare: { connection in
                    place.value = try connection.transaction(.immediate) {
                        try Registry.open($0, keys: keys, newKey: newKey)
                    }
                },
                onFatal: onFatal
            )
        }
        guard let seal = place.value else { throw StoreError.failed("the registry was not prepared") }
        return Registry(writer: writer, seal: seal) {
            try open("registry.db", .planner)
        }
    }

    package func queueReader() throws -> QueueReader {
        QueueReader(connection: try open("queue.db"))
    }

    package func registryReader(seal: TargetSeal?) throws -> RegistryReader {
        RegistryReader(connection: try open("registry.db"), seal: seal)
    }

    private func open(_ file: String, _ options: ConnectionOptions = .reader) throws -> Connection {
        try sorting { try Connection(path: folder + "/" + file, options: options) }
    }

    /// SQLite's own errors do not leave this folder.
    private func sorting<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as SQLiteError { throw StoreError(error) }
    }

    /// What opening found; written before the writer's thread starts, then only read.
    private final class Place<Value: Sendable>: @unchecked Sendable {
        var value: Value?
    }
}
