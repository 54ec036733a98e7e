/// What a commit promises. The class of a batch is that of its most demanding job.
package enum Durability: Sendable, Equatable {
    /// On the disk when the job is answered (`synchronous=FULL`, one fsync): accepts and operator orders. Taken at once.
    case full
    /// Survives the death of the process, not of the machine (`synchronous=NORMAL`, no fsync): outcomes, expansion. Waits up
    /// to `WriterOptions.linger` for company. A later FULL commit makes earlier NORMAL ones durable too.
    case normal
}

/// Limits and rhythms of a `Writer`.
package struct WriterOptions: Sendable {
    /// Jobs waiting; one more is refused with `WriterError.overloaded`.
    package var queuedJobsMax: Int
    /// Sum of the `bytes` the waiting jobs declared; the first job above it is refused.
    package var queuedBytesMax: Int
    /// Jobs in one transaction.
    package var batchJobsMax: Int
    /// Once a transaction has run this long it commits and the rest of its jobs goes into the next.
    package var batchTimeMax: Duration
    /// How long the first `.normal` job waits for others. 5 ms: at 30,000 outcomes/s about 33 bytes written for each, at 1 ms
    /// 144; it is also what a crash may send twice.
    package var linger: Duration
    package var checkpoint: CheckpointPolicy

    package init(
        queuedJobsMax: Int = 10_000,
        queuedBytesMax: Int = 64 << 20,
        batchJobsMax: Int = 1_000,
        batchTimeMax: Duration = .milliseconds(50),
        linger: Duration = .milliseconds(5),
        checkpoint: CheckpointPolicy = .init()
    ) {
        self.queuedJobsMax = queuedJobsMax
        self.queuedBytesMax = queuedBytesMax
        self.batchJobsMax = batchJobsMax
        self.batchTimeMax = batchTimeMax
        self.linger = linger
        self.checkpoint = checkpoint
    }
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
}
