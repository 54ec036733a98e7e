import Domain
import Store
import Synchronization

/// Brings outcomes from the loop thread to the store: one commit at a time, everything that has come meanwhile in the next.
///
/// Outcomes are never dropped: when the store refuses they stay here and the lanes stop asking, since nothing is sent that cannot be
/// recorded.
package final class Recorder: Sendable {
    /// Outcomes waiting for their commit at which the lanes stop.
    static let waitingMax = 20_000

    /// A batch as the loop hands it over.
    struct Batch: Sendable {
        var outcomes: [Outcome] = []
        var faults: [TargetReport] = []

        var isEmpty: Bool { outcomes.isEmpty && faults.isEmpty }
    }

    struct TargetReport: Sendable {
        var lane: String
        var device: DeviceID
        var targetHash: [UInt8]
        var fault: Registry.TargetFault
        var reason: String
    }

    fileprivate struct State {
        var waiting = Batch()
        var isWriting = false
        var isStuck = false
    }

    private let queue: QueueStore
    private let time: TimeSource
    private let state = Mutex(State())
    /// After each commit, on the writer's thread: what is on the disk now.
    private let onRecorded: @Sendable (Batch) -> Void

    init(queue: QueueStore, time: TimeSource, onRecorded: @escaping @Sendable (Batch) -> Void) {
        self.queue = queue
        self.time = time
        self.onRecorded = onRecorded
    }

    /// From the loop thread, once a turn: appends and, when no commit is under way, starts one. Never blocks.
    func take(_ batch: Batch) {
        let next: Batch? = state.withLock { state in
            state.waiting.outcomes += batch.outcomes
            state.waiting.faults += batch.faults
            return state.begin()
        }
        if let next { write(next) }
    }

    /// True while lanes must not send.
    var isFull: Bool { state.withLock { $0.isStuck || $0.waiting.outcomes.count >= Self.waitingMax } }

    var isIdle: Bool { state.withLock { !$0.isWriting && $0.waiting.isEmpty } }

    /// Tries again what the store refused; the dispatcher calls it each second.
    func retry() {
        let next: Batch? = state.withLock { state in
            state.isStuck = false
            return state.begin()
        }
        if let next { write(next) }
    }

    private func write(_ batch: Batch) {
        do throws(StoreError) {
            try queue.record(batch.outcomes, now: time.now()) { [self] result in finished(batch, result.isSuccess) }
        } catch {
            finished(batch, false)
        }
    }

    private func finished(_ batch: Batch, _ isRecorded: Bool) {
        let next: Batch? = state.withLock { state in
            state.isWriting = false
            guard isRecorded else {
                // In front: the order of two outcomes of one delivery matters.
                state.waiting.outcomes = batch.outcomes + state.waiting.outcomes
                state.waiting.faults = batch.faults + state.waiting.faults
                state.isStuck = true
                return nil
            }
            return state.begin()
        }
        if isRecorded { onRecorded(batch) }
        if let next { write(next) }
    }
}

extension Recorder.State {
    fileprivate mutating func begin() -> Recorder.Batch? {
        guard !isWriting, !isStuck, !waiting.isEmpty else { return nil }
        isWriting = true
        defer { waiting = .init() }
        return waiting
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
