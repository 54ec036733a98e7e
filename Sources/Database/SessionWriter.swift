/// The one way into a database: jobs run in transactions, several in one commit, and are answered after it.
///
/// A body may run twice, so it has no effect but on the session. It never blocks, and never waits for another job.
package protocol SessionWriter: Sendable {
    /// Runs `body` in a transaction and hands its result over once the COMMIT returned, on the writer's thread. Returns at once.
    ///
    /// - Parameters:
    ///   - durability: what the commit promises.
    ///   - lingers: false when somebody waits for the answer to go on: a `.normal` job then starts a batch at once, too.
    ///   - bytes: about what the job holds in memory while it waits.
    ///   - isIsolated: when `body` throws only its own changes go. Without it (a body that writes nothing before it may throw) a throw
    ///     costs the whole transaction a second run.
    ///   - body: the job; may run twice.
    ///   - completion: called with what `body` returned or threw.
    /// - Throws: ``WriterError``; `completion` is then never called, otherwise exactly once.
    func add<T: Sendable>(
        _ durability: Durability,
        lingers: Bool,
        bytes: Int,
        isIsolated: Bool,
        _ body: @escaping @Sendable (any Session) throws -> T,
        completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) throws(WriterError)

    /// Jobs waiting now, for metrics and readiness.
    var queuedJobs: Int { get }
    /// Refuses new jobs, commits what waits and closes.
    func stop() async
}

extension SessionWriter {
    /// ``add(_:lingers:bytes:isIsolated:_:completion:)`` with the usual choices.
    package func submit<T: Sendable>(
        _ durability: Durability,
        lingers: Bool = true,
        bytes: Int = 0,
        isIsolated: Bool = true,
        _ body: @escaping @Sendable (any Session) throws -> T,
        completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) throws(WriterError) {
        try add(durability, lingers: lingers, bytes: bytes, isIsolated: isIsolated, body, completion: completion)
    }

    /// As ``submit(_:lingers:bytes:isIsolated:_:completion:)``, and waits for the commit. Not cancellable: once taken, it runs.
    ///
    /// - Returns: what `body` returned, committed.
    /// - Throws: ``WriterError``, the error of the transaction, or what `body` threw (its changes are undone).
    package func perform<T: Sendable>(
        _ durability: Durability,
        lingers: Bool = true,
        bytes: Int = 0,
        isIsolated: Bool = true,
        _ body: @escaping @Sendable (any Session) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do throws(WriterError) {
                try add(durability, lingers: lingers, bytes: bytes, isIsolated: isIsolated, body) {
                    continuation.resume(with: $0)
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

/// What a commit promises. The class of a batch is that of its most demanding job.
package enum Durability: Sendable, Equatable {
    /// On the disk when the job is answered (`synchronous=FULL`, one fsync): accepts and operator orders. Taken at once.
    case full
    /// Survives the death of the process, not of the machine (`synchronous=NORMAL`, no fsync): outcomes, expansion. Waits up
    /// to the writer's linger for company. A later FULL commit makes earlier NORMAL ones durable too.
    case normal
}

/// Why the writer did not run a job, as opposed to what the job or SQLite threw.
package enum WriterError: Error, Equatable, Sendable {
    /// The queue is at its limit: answer 503 or 429, try later. The job was not and will not be run.
    case overloaded
    /// `stop()` was called before the job was submitted.
    case stopped
    /// A fatal error ended the writer; the job was not committed.
    case failStopped(reason: String)
}

/// One finished transaction, for metrics. Delivered on the writer's thread after the commit, before the jobs are answered.
package struct CommitReport: Sendable {
    package let jobs: Int
    package let durability: Durability
    /// Of the COMMIT alone; with `.full` nearly all of it is the fsync.
    package let commitTime: Duration
    /// From BEGIN to the end of COMMIT.
    package let transactionTime: Duration
    /// Bytes of frames in the WAL after it.
    package let walBytes: Int

    package init(
        jobs: Int,
        durability: Durability,
        commitTime: Duration,
        transactionTime: Duration,
        walBytes: Int
    ) {
        self.jobs = jobs
        self.durability = durability
        self.commitTime = commitTime
        self.transactionTime = transactionTime
        self.walBytes = walBytes
    }
}
