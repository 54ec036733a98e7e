package import Database
internal import Glibc
import POSIX
internal import Synchronization

/// The one read-write connection of a database, on a thread of its own, with group commit.
///
/// Jobs come from any thread into a bounded queue; the thread runs as many as are there in one transaction, commits, and
/// only then answers them: **a job that is answered with a result is committed**, with the durability it asked for.
///
/// A body may run twice (a transaction that failed is tried once more in parts), so it has no effect but on the connection.
/// It runs on the writer's thread: it never blocks, never waits for another job of this writer, and its time is everybody's.
package final class Writer: SessionWriter {
    private let queue: WriterQueue
    private let ending: Mutex<Ending>

    private struct Ending {
        var isOver = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Opens the file, migrates it, gives the WAL its blocks, and starts the thread. Blocks the caller meanwhile.
    ///
    /// - Parameters:
    ///   - path: the database file; a `ProcessLock` beside it is the caller's.
    ///   - name: of the thread, at most 15 bytes.
    ///   - options: limits and rhythms.
    ///   - connectionOptions: pragmas.
    ///   - migrations: all steps this release knows.
    ///   - prepare: runs once on the connection before the thread starts (the epoch is bumped here).
    ///   - check: runs inside each transaction before its jobs; what it throws is fatal (the epoch is compared here).
    ///   - onFatal: called once, on the writer's thread, when the disk or the file can no longer be trusted or `check` threw:
    ///     the caller ends the process. All jobs fail from then on.
    ///   - onCommit: called after each commit, on the writer's thread.
    /// - Throws: what opening, a migration or `prepare` met.
    package init(
        path: String,
        name: String = "writer",
        options: WriterOptions = .init(),
        connectionOptions: ConnectionOptions = .writer,
        migrations: [Migration] = [],
        prepare: (Connection) throws -> Void = { _ in },
        check: @escaping @Sendable (Connection) throws -> Void = { _ in },
        onFatal: @escaping @Sendable (any Error) -> Void,
        onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }
    ) throws {
        let connection = try Connection(path: path, options: connectionOptions)
        try connection.migrate(migrations)
        try prepare(connection)
        try connection.pregrowWAL(to: options.checkpoint.pregrownBytes)
        // As while running: with another connection at it (the process that is being taken over) nothing is lost, the next growth tries again.
        do throws(SQLiteError) { try connection.checkpoint(.passive) } catch {
            guard case .busy = error else { throw error }
        }
        let queue = WriterQueue(options: options)
        self.queue = queue
        ending = Mutex(Ending())
        let loop = WriterLoop(
            connection: connection,
            queue: queue,
            options: options,
            check: check,
            onFatal: onFatal,
            onCommit: onCommit
        )
        start(loop, name)
    }

    package func add<T: Sendable>(
        _ durability: Durability,
        lingers: Bool,
        bytes: Int,
        isIsolated: Bool,
        _ body: @escaping @Sendable (any Session) throws -> T,
        completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) throws(WriterError) {
        try add(
            durability,
            lingers: lingers,
            bytes: bytes,
            isIsolated: isIsolated,
            own: { try body($0) },
            completion: completion
        )
    }

    /// As above, for a body that knows this engine.
    func add<T: Sendable>(
        _ durability: Durability,
        lingers: Bool,
        bytes: Int,
        isIsolated: Bool,
        own body: @escaping @Sendable (Connection) throws -> T,
        completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) throws(WriterError) {
        let place = ResultPlace<T>()
        let job = WriterJob(
            durability: durability,
            isUrgent: durability == .full || !lingers,
            isIsolated: isIsolated,
            bytes: bytes,
            run: { connection in
                place.result = Result { try body(connection) }
                _ = try place.result.get()
            },
            answer: { failure in completion(failure.map { .failure($0) } ?? place.result) }
        )
        try queue.push(job)
    }

    /// Jobs waiting now, for metrics and readiness.
    package var queuedJobs: Int { queue.count }

    /// Refuses new jobs, commits what waits, checkpoints and closes. Returns when the thread has ended; may be called again.
    package func stop() async {
        queue.stop()
        await withCheckedContinuation { continuation in
            let isOver = ending.withLock { ending in
                if !ending.isOver { ending.waiters.append(continuation) }
                return ending.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    /// The thread keeps the writer alive: every writer is ended with `stop()`.
    private func start(_ loop: WriterLoop, _ name: String) {
        let run = Run(loop)
        DetachedThread.startOrEnd(name) {
            run.toEnd()
            self.hasEnded()
        }
    }

    private func hasEnded() {
        let waiters = ending.withLock { ending in
            ending.isOver = true
            defer { ending.waiters = [] }
            return ending.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// `@unchecked Sendable`: made on one thread, then the writer's alone.
    private final class Run: @unchecked Sendable {
        /// Dropped, and the connection with it, before the end is announced.
        private var loop: WriterLoop?

        init(_ loop: WriterLoop) { self.loop = loop }

        func toEnd() {
            loop?.run()
            loop = nil
        }
    }
}

/// Where a body leaves its result for the answer.
///
/// `@unchecked Sendable`: touched by the writer's thread alone, first by `run`, later by `answer`.
private final class ResultPlace<T: Sendable>: @unchecked Sendable {
    var result: Result<T, any Error> = .failure(WriterError.stopped)
}
