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
