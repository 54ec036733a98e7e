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

    /// Returns when nothing of what was deleted under ``Session/overwritingDeleted(_:)`` is left in the files, beside other jobs; takes
    /// seconds.
    ///
    /// - Throws: ``WriterError/overloaded`` when something kept it from ending, ``WriterError/stopped`` when the task was cancelled while it
    ///   waited for that (both may be asked for again), else the error of the engine.
    func removeTraces() async throws

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
