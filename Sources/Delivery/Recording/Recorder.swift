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
        var faults: [TargetFault] = []
        /// Told when everything before them is on the disk, or why it is not.
        var waiters: [@Sendable (Result<Void, StoreError>) -> Void] = []

        var isEmpty: Bool { outcomes.isEmpty && faults.isEmpty && waiters.isEmpty }
    }

    fileprivate struct State {
        var waiting = Batch()
        var isWriting = false
        var isStuck = false
        /// The last write failed: said once, not at each try, and the lanes wait until a write has succeeded.
        var hasFailed = false
    }

    private let queue: QueueStore
    private let time: TimeSource
    private let state = Mutex(State())
    /// On the writer's thread.
    private let onEvent: @Sendable (Event) -> Void

    enum Event: Sendable {
        /// On the disk now; `held` are pages that could not be read and wait for a person.
        case recorded(Batch, held: [PageID])
        /// The store refuses outcomes, the first time in a row: lanes stop until it takes them.
        case refused(StoreError)
    }

    init(queue: QueueStore, time: TimeSource, onEvent: @escaping @Sendable (Event) -> Void) {
        self.queue = queue
        self.time = time
        self.onEvent = onEvent
    }

    /// From the loop thread, once a turn: appends and, when no commit is under way, starts one. Never blocks.
    func take(_ batch: Batch) {
        let next: Batch? = state.withLock { state in
            state.waiting.outcomes += batch.outcomes
            state.waiting.faults += batch.faults
            state.waiting.waiters += batch.waiters
            return state.begin()
        }
        if let next { write(next) }
    }

    /// Returns when every outcome taken so far is on the disk.
    ///
    /// - Throws: what the store said to them; they stay here and are tried again.
    func barrier() async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            guard !state.withLock({ $0.hasFailed }) else { return continuation.resume(returning: .failure(.full)) }
            take(Batch(waiters: [{ continuation.resume(returning: $0) }]))
        }
        try result.get()
    }

    /// True while lanes must not send; also while a refused write is being tried again, since nobody knows its end yet.
    var isFull: Bool { state.withLock { $0.hasFailed || $0.waiting.outcomes.count >= Self.waitingMax } }

    /// True from a refused write to the next that succeeds.
    var isRefused: Bool { state.withLock { $0.hasFailed } }

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
            try queue.record(batch.outcomes, now: time.now()) { [self] result in
                finished(batch, result.mapError { StoreError($0) })
            }
        } catch {
            finished(batch, .failure(error))
        }
    }

    private func finished(_ batch: Batch, _ result: Result<[PageID], StoreError>) {
        let (next, wasStuck): (Batch?, Bool) = state.withLock { state in
            state.isWriting = false
            let wasStuck = state.hasFailed
            if case .failure = result {
                // In front: the order of two outcomes of one delivery matters.
                state.waiting.outcomes = batch.outcomes + state.waiting.outcomes
                state.waiting.faults = batch.faults + state.waiting.faults
                state.isStuck = true
                state.hasFailed = true
                return (nil, wasStuck)
            }
            state.hasFailed = false
            return (state.begin(), wasStuck)
        }
        for waiter in batch.waiters { waiter(result.map { _ in }) }
        switch result {
        case .success(let held): onEvent(.recorded(batch, held: held))
        case .failure(let error): if !wasStuck { onEvent(.refused(error)) }
        }
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
