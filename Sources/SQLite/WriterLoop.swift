import Database

/// What the writer's thread does: take a batch, run it in one transaction, answer, checkpoint. Owned by that thread alone.
final class WriterLoop {
    private let connection: Connection
    private let queue: WriterQueue
    private let batchTimeMax: Duration
    private let check: @Sendable (Connection) throws -> Void
    private let onFatal: @Sendable (any Error) -> Void
    private let onCommit: @Sendable (CommitReport) -> Void
    private var policy: CheckpointPolicy
    private var synchronous = Durability.full
    private var hasFailed = false

    init(
        connection: Connection,
        queue: WriterQueue,
        options: WriterOptions,
        check: @escaping @Sendable (Connection) throws -> Void,
        onFatal: @escaping @Sendable (any Error) -> Void,
        onCommit: @escaping @Sendable (CommitReport) -> Void
    ) {
        self.connection = connection
        self.queue = queue
        batchTimeMax = options.batchTimeMax
        policy = options.checkpoint
        self.check = check
        self.onFatal = onFatal
        self.onCommit = onCommit
    }

    /// Runs until the queue is stopped and empty, or a fatal error.
    func run() {
        while !hasFailed {
            switch queue.take(idleAfter: policy.wantsIdleCheckpoint ? policy.idle : nil) {
            case .batch(let jobs):
                run(jobs)
                if !hasFailed, connection.logState == .wanted { emptyLog() }
                if !hasFailed, let mode = policy.dueAfterCommit() { checkpoint(mode) }
            case .idle:
                checkpoint(.passive)
            case .stopped:
                checkpoint(.passive)
                return
            }
        }
    }

    private func run(_ batch: [WriterJob]) {
        var left = batch[...]
        while !left.isEmpty, !hasFailed { left = left.dropFirst(runOnce(left)) }
        // A fatal error in an earlier part of the batch.
        answerUnrun(left)
    }

    /// Runs the first jobs of `batch`, as many as the time allows, answers them, and returns how many they were.
    private func runOnce(_ batch: ArraySlice<WriterJob>) -> Int {
        switch transact(batch, isolatingAll: false) {
        case .committed(let count, let failures):
            answer(batch.prefix(count), failures: failures)
            return count
        case .undone(let error, let count, let isWorthRetrying):
            let jobs = Array(batch.prefix(count))
            guard isWorthRetrying, !isFatal(error) else {
                answerAll(jobs[...], error)
                return count
            }
            // On a full disk outcomes still fit (they overwrite) while accepts do not: the classes must not share a fate.
            for durability in [Durability.normal, .full] {
                retry(jobs.filter { $0.durability == durability }[...])
            }
            return count
        }
    }

    private func retry(_ jobs: ArraySlice<WriterJob>) {
        var left = jobs
        while !left.isEmpty {
            guard !hasFailed else { return answerUnrun(left) }
            switch transact(left, isolatingAll: true) {
            case .committed(let count, let failures):
                answer(left.prefix(count), failures: failures)
                left = left.dropFirst(count)
            case .undone(let error, let count, _):
                answerAll(left.prefix(count), error)
                left = left.dropFirst(count)
            }
        }
    }

    private enum Ending {
        /// The first `count` jobs are committed, but for those that threw: theirs is undone.
        case committed(count: Int, failures: [Int: any Error])
        /// Nothing of the first `count` jobs happened.
        case undone(any Error, count: Int, isWorthRetrying: Bool)
    }

    private func transact(_ jobs: ArraySlice<WriterJob>, isolatingAll: Bool) -> Ending {
        let clock = ContinuousClock()
        let start = clock.now
        let durability: Durability = jobs.contains { $0.durability == .full } ? .full : .normal
        var count = 0
        var failures: [Int: any Error] = [:]
        do {
            try setSynchronous(durability)
            try connection.run("BEGIN IMMEDIATE")
        } catch {
            connection.rollBack()
            return .undone(error, count: jobs.count, isWorthRetrying: false)
        }
        do {
            try check(connection)
        } catch {
            connection.rollBack()
            fail(error)
            return .undone(error, count: jobs.count, isWorthRetrying: false)
        }
        for job in jobs {
            let isIsolated = job.isIsolated || isolatingAll
            do {
                if isIsolated { try connection.savepoint(job.run) } else { try job.run(connection) }
            } catch {
                failures[count] = error
                if !isIsolated || !connection.isInTransaction || isFatal(error) {
                    connection.rollBack()
                    // Alone there is nobody to save: the job keeps its error and the rest goes on.
                    return .undone(error, count: count + 1, isWorthRetrying: count > 0)
                }
            }
            count += 1
            if clock.now - start > batchTimeMax { break }
        }
        let commitStart = clock.now
        CrashPoint.reach(.beforeCommit)
        do {
            try connection.run("COMMIT")
            CrashPoint.reach(.afterCommit)
        } catch {
            connection.rollBack()
            let done = jobs.prefix(count)
            let hasBothClasses = done.contains { $0.durability == .full } && done.contains { $0.durability == .normal }
            return .undone(error, count: count, isWorthRetrying: hasBothClasses)
        }
        let end = clock.now
        policy.committed(walBytes: connection.walBytes)
        onCommit(
            CommitReport(
                jobs: count,
                durability: durability,
                commitTime: end - commitStart,
                transactionTime: end - start,
                walBytes: connection.walBytes
            )
        )
        return .committed(count: count, failures: failures)
    }

    /// "The synchronous setting cannot be changed inside a transaction" [sqlite.org/pragma.html#pragma_synchronous].
    private func setSynchronous(_ durability: Durability) throws(SQLiteError) {
        guard durability != synchronous else { return }
        try connection.run(durability == .full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        synchronous = durability
    }

    /// With synchronous=FULL, so that the database file is on the disk before the WAL is written over.
    private func checkpoint(_ mode: CheckpointMode) {
        defer { policy.checkpointed() }
        do throws(SQLiteError) {
            try setSynchronous(.full)
            CrashPoint.reach(.beforeCheckpoint)
            try connection.checkpoint(mode)
            CrashPoint.reach(.afterCheckpoint)
        } catch {
            // A reader in the way (busy) or no space: nothing is lost, all is still in the WAL, the next growth tries again.
            if error.isFatal { fail(error) }
        }
    }

    /// Once for each asking: with a reader in the way who asked asks again.
    private func emptyLog() {
        connection.logState = .refused
        do throws(SQLiteError) {
            try setSynchronous(.full)
            try connection.emptyLog(pregrownTo: policy.pregrownBytes)
        } catch {
            if error.isFatal { fail(error) }
        }
    }

    private func answer(_ jobs: ArraySlice<WriterJob>, failures: [Int: any Error]) {
        for (index, job) in jobs.enumerated() { job.answer(failures[index]) }
    }

    private func answerAll(_ jobs: ArraySlice<WriterJob>, _ error: any Error) {
        // The health turns red before anybody is told of a failure.
        if isFatal(error) { fail(error) }
        for job in jobs { job.answer(error) }
    }

    private func answerUnrun(_ jobs: ArraySlice<WriterJob>) {
        for job in jobs { job.answer(WriterError.failStopped(reason: "an earlier transaction failed")) }
    }

    private func isFatal(_ error: any Error) -> Bool {
        (error as? SQLiteError)?.isFatal ?? false
    }

    /// Ends the writer: nothing more is written by this process, not even a checkpoint at close.
    private func fail(_ error: any Error) {
        guard !hasFailed else { return }
        hasFailed = true
        connection.leaveWALOnClose()
        let reason = WriterError.failStopped(reason: "\(error)")
        onFatal(error)
        for job in queue.fail(reason) { job.answer(reason) }
    }
}
