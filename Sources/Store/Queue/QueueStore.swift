import Database
package import Domain
import Synchronization

/// The queue on disk: one writer, many readers (``QueueReader``). Its SQL is in this folder, in texts that any engine reads.
///
/// Made by ``Stores``. Opening moves the epoch; a copied volume or a broken lock shows itself at the next commit of the older process, which
/// then ends.
package final class QueueStore: Sendable {
    let writer: any SessionWriter
    /// Keys the collapse identifiers of this installation; 32 random bytes made with the store.
    package let installationKey: [UInt8]
    /// Counts the starts of this store; the operator tells two processes apart by it.
    package let epoch: Int64
    private let lastEvent: Mutex<Int64>
    /// Rows of both stores that could not be read since the start; whoever meets one notes it here.
    package let unreadable = UnreadableRows()
    /// What an engine keeps as long as the store is open: the lock of a data folder.
    private let hold: any Sendable
    /// What orders are sealed with.
    package let seal: AuditSeal
    /// What opening found at the audit log's end, in a sentence; nil: nothing.
    package let auditFinding: String?

    init(writer: any SessionWriter, opening: Opening, seal: AuditSeal, holding hold: any Sendable) {
        self.writer = writer
        self.hold = hold
        self.seal = seal
        auditFinding = opening.auditFinding
        installationKey = opening.installationKey
        epoch = opening.epoch
        lastEvent = Mutex(opening.lastEvent)
    }

    /// Commits what waits, remembers the highest event id, checkpoints and closes. The last thing of a shutdown.
    package func close() async {
        let last = lastEvent.withLock { $0 }
        do {
            try await writer.run(.full) { connection in
                try connection.run(QueueSQL.setMeta.rawValue, "lastEvent", last)
                try connection.run(
                    QueueSQL.setMeta.rawValue,
                    Opening.closedAtPage,
                    try connection.lastNumber(of: "page")
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
}
