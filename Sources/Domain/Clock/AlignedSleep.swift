import Synchronization

/// Sleeps to the next whole multiple of an interval since the process began: services that look each second wake the process together, once
/// a second, and not each at a moment of its own.
///
/// - Throws: `CancellationError`.
package func sleepToNext(_ interval: Duration) async throws { try await SharedSleep.shared.sleepToNext(interval) }

/// One timer for all that sleep to a whole multiple of something. Each timer of the runtime wakes a thread when it is set, one when it fires and
/// one for whom it fires.
///
/// By the clock that stands still while the machine is suspended (`CLOCK_MONOTONIC`): nobody looks meanwhile, and tests that move the
/// time of a process leave this one alone.
private final class SharedSleep: Sendable {
    static let shared = SharedSleep()

    private struct State {
        var sleepers: [Int: Sleeper] = [:]
        var last = 0
        /// Cancelled before they slept.
        var cancelled: Set<Int> = []
        /// When the timer fires; nil: it is not set.
        var timer: SuspendingClock.Instant?
    }

    private struct Sleeper {
        var until: SuspendingClock.Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private let origin = SuspendingClock.now
    private let state = Mutex(State())

    func sleepToNext(_ interval: Duration) async throws {
        let passed = Int(origin.duration(to: .now) / interval)
        try await sleep(until: origin + interval * (passed + 1))
    }

    private func sleep(until instant: SuspendingClock.Instant) async throws {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { add(number, Sleeper(until: instant, continuation: $0)) }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        // Cancelled after it woke: nobody asks for it any more.
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    private func add(_ number: Int, _ sleeper: Sleeper) {
        let (isCancelled, isEarliest) = state.withLock { state in
            guard state.cancelled.remove(number) == nil else { return (true, false) }
            state.sleepers[number] = sleeper
            let isEarliest = state.timer.map { sleeper.until < $0 } ?? true
            if isEarliest { state.timer = sleeper.until }
            return (false, isEarliest)
        }
        if isCancelled { return sleeper.continuation.resume(throwing: CancellationError()) }
        if isEarliest { Task { await wake(at: sleeper.until) } }
    }

    /// Ends when nobody sleeps, or when an earlier timer has been set beside it.
    private func wake(at first: SuspendingClock.Instant) async {
        var next: SuspendingClock.Instant? = first
        while let instant = next {
            do { try await Task.sleep(until: instant, clock: .suspending) } catch { return }
            let due: [Sleeper]
            (due, next) = state.withLock { state in
                guard state.timer == instant else { return ([], nil) }
                let due = state.sleepers.filter { $0.value.until <= instant }
                for number in due.keys { state.sleepers[number] = nil }
                state.timer = state.sleepers.values.map(\.until).min()
                return (Array(due.values), state.timer)
            }
            for sleeper in due { sleeper.continuation.resume() }
        }
    }
}
