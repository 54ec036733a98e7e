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
