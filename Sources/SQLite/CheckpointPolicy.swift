/// When the writer checkpoints, between transactions. Never TRUNCATE, but to erase: that gives the WAL's blocks back, and with them
/// the promise that outcomes can be recorded on a full disk.
package struct CheckpointPolicy: Sendable {
    /// The WAL file has this many bytes of blocks from the start on.
    package var pregrownBytes: Int
    /// PASSIVE each time the WAL has grown by this much.
    package var passiveBytes: Int
    /// RESTART above it, so that a stream of commits cannot keep the WAL from starting over.
    package var restartBytes: Int
    /// PASSIVE after this long without a job.
    package var idle: Duration

    /// Bytes of WAL at the last checkpoint; 0 once the WAL has started over.
    private var leftBehind = 0
    private var isDirty = false
    private var walBytes = 0

    package init(
        pregrownBytes: Int = 16 << 20,
        passiveBytes: Int = 4 << 20,
        restartBytes: Int = 32 << 20,
        idle: Duration = .milliseconds(200)
    ) {
        self.pregrownBytes = pregrownBytes
        self.passiveBytes = passiveBytes
        self.restartBytes = restartBytes
        self.idle = idle
    }

    /// True while an idle checkpoint would find something to do.
    package var wantsIdleCheckpoint: Bool { isDirty }

    package mutating func committed(walBytes: Int) {
        // A WAL that got shorter has started over.
        if walBytes < self.walBytes { leftBehind = 0 }
        if walBytes != self.walBytes { isDirty = true }
        self.walBytes = walBytes
    }

    /// The checkpoint that is due after a commit, if any.
    package func dueAfterCommit() -> CheckpointMode? {
        guard isDirty, walBytes - leftBehind > passiveBytes else { return nil }
        return walBytes > restartBytes ? .restart : .passive
    }

    /// A checkpoint ran, whatever it achieved. With a reader in the way the next growth tries again, not a loop.
    package mutating func checkpointed() {
        leftBehind = walBytes
        isDirty = false
    }
}
