package import Domain
package import SQLite
import Synchronization

/// The queue on disk: one writer, many readers (``QueueReader``). All SQL of `queue.db` is in this folder.
///
/// Opening takes the data folder for this process alone and moves the epoch; a copied volume or a broken lock shows itself at the
/// next commit of the older process, which then ends.
package final class QueueStore: Sendable {
    let writer: Writer
    private let lock: ProcessLock
    package let path: String
    /// Keys the collapse identifiers of this installation; 32 random bytes made with the store.
    package let installationKey: [UInt8]
    /// Counts the starts of this data folder; the operator tells two processes apart by it.
    package let epoch: Int64
    private let lastEvent: Mutex<Int64>
    /// Rows of both stores that could not be read since the start; whoever meets one notes it here.
    package let unreadable = UnreadableRows()

    /// `folder`: the data folder; exists, mode 0700.
    /// `newKey`: 32 random bytes, used when the store is new.
    /// `onFatal`: see ``Writer``; the caller ends the process with code 70.
    /// Throws `ProcessLockError` when another process works here, `SQLiteError` when the file cannot be opened or trusted.
    package init(
        folder: String,
        now: Instant,
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void,
        onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }
    ) throws {
        lock = try ProcessLock(path: folder + "/lock")
        path = folder + "/queue.db"
        let opening = Opening()
        writer = try Writer(
            path: path,
            options: .init(queuedJobsMax: 8192),
            migrations: QueueSchema.migrations,
            prepare: { connection in
                try connection.transaction(.immediate) { connection in
                    let epoch = try connection.first("SELECT value FROM meta WHERE name = 'epoch'") { $0.int64(0) } ?? 0
                    try connection.run("INSERT OR REPLACE INTO meta(name, value) VALUES ('epoch', ?)", epoch + 1)
                    opening.epoch = epoch + 1
                    if epoch > 0 { try Self.leapOverLostPages(connection) }
                    try connection.run("INSERT OR IGNORE INTO meta(name, value) VALUES ('installationKey', ?)", newKey)
                    opening.key =
                        try connection.first("SELECT value FROM meta WHERE name = 'installationKey'") { $0.blob(0) }
                        ?? []
                    // Above every event and above the clock's high water: an id is never used again, even when the clock went back.
                    opening.lastEvent = max(
                        try connection.first("SELECT coalesce(max(id), 0) FROM event") { $0.int64(0) } ?? 0,
                        try connection.first("SELECT value FROM meta WHERE name = 'lastEvent'") { $0.int64(0) } ?? 0
                    )
                }
            },
            check: { [epoch = opening] connection in
                let found = try connection.first("SELECT value FROM meta WHERE name = 'epoch'") { $0.int64(0) }
                guard found == epoch.epoch else {
                    throw StoreError.failStopped("another process took over this data folder")
                }
            },
            onFatal: onFatal,
            onCommit: onCommit
        )
        installationKey = opening.key
        epoch = opening.epoch
        lastEvent = Mutex(opening.lastEvent)
    }

    /// Commits what waits, remembers the highest event id, checkpoints and closes. The last thing of a shutdown.
    package func close() async {
        let last = lastEvent.withLock { $0 }
        do {
            try await writer.run(.full) { connection in
                try connection.run("INSERT OR REPLACE INTO meta(name, value) VALUES ('lastEvent', ?)", last)
                try connection.run(
                    """
                    INSERT OR REPLACE INTO meta(name, value)
                    SELECT 'closedAtPage', coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'page'), 0)
                    """
                )
            }
        } catch {
            // A writer that already stopped for a reason of its own has said so through `onFatal`.
        }
        await writer.stop()
    }

    /// Jobs that wait for their commit; readiness looks at it.
    package var waitingCommits: Int { writer.queuedJobs }

    /// When the newest event was accepted, as far as the store knows: no sound clock lies far before it.
    package var lastAcceptance: Instant { Instant(milliseconds: lastEvent.withLock { $0 } >> 20) }

    /// A number above all before it, that grows with time.
    func nextEventID(_ now: Instant) -> EventID {
        lastEvent.withLock { last in
            last = max(last + 1, now.milliseconds << 20)
            return EventID(rawValue: last)
        }
    }

    /// After anything but a clean close: pages are committed without a sync, so a power cut takes the last of them back, and their
    /// numbers, which operators and phones may have seen. They are not given again. Opening is a FULL commit: the leap itself stays.
    private static func leapOverLostPages(_ connection: Connection) throws {
        let last = try connection.first("SELECT seq FROM sqlite_sequence WHERE name = 'page'") { $0.int64(0) } ?? 0
        let closedAt = try connection.first("SELECT value FROM meta WHERE name = 'closedAtPage'") { $0.int64(0) }
        try connection.run("DELETE FROM meta WHERE name = 'closedAtPage'")
        guard last != closedAt else { return }
        try connection.run("DELETE FROM sqlite_sequence WHERE name = 'page'")
        try connection.run("INSERT INTO sqlite_sequence(name, seq) VALUES ('page', ?)", last + lostPagesMax)
    }

    /// More pages than the WAL holds between two syncs: 4 MiB to a checkpoint, more with a reader in its way (CheckpointPolicy).
    private static let lostPagesMax: Int64 = 1 << 20

    /// What opening found; written before the writer's thread starts, then only read.
    private final class Opening: @unchecked Sendable {
        var epoch: Int64 = 0
        var key: [UInt8] = []
        var lastEvent: Int64 = 0
    }
}
