import NIOCore
import Synchronization

/// Ends bodies that come too slowly. One sleeper for all of them: a timer and two tasks for each request cost more than reading its body.
///
/// A body whose time is over meets ``TooSlow`` where it is read, as its channel's error.
final class BodyWatch: Sendable {
    static let shared = BodyWatch()

    struct TooSlow: Error {}

    private struct Body {
        var deadline: ContinuousClock.Instant
        var channel: any Channel
    }

    private struct State {
        var bodies: [Int: Body] = [:]
        var last = 0
        var isAsleep = false
    }

    private let state = Mutex(State())

    /// Runs `read` while the channel's body is watched.
    func watching<T>(
        _ channel: any Channel,
        for timeout: Duration,
        _ read: () async throws -> T
    ) async throws -> T {
        let number = begin(Body(deadline: .now + timeout, channel: channel))
        defer { state.withLock { _ = $0.bodies.removeValue(forKey: number) } }
        return try await read()
    }

    private func begin(_ body: Body) -> Int {
        let (number, wasAsleep) = state.withLock { state in
            state.last += 1
            state.bodies[state.last] = body
            defer { state.isAsleep = true }
            return (state.last, state.isAsleep)
        }
        // One that sleeps longer than this body may take wakes before another timeout has passed: all listeners have the same.
        if !wasAsleep { Task { await watch(until: body.deadline) } }
        return number
    }

    private func watch(until first: ContinuousClock.Instant) async {
        var next: ContinuousClock.Instant? = first
        while let deadline = next {
            do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return }
            next = endSlow()
        }
    }

    /// - Returns: when the next may be over; nil: nobody is watched any more.
    private func endSlow() -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let (slow, next) = state.withLock { state in
            let slow = state.bodies.filter { $0.value.deadline <= now }
            for number in slow.keys { state.bodies[number] = nil }
            let next = state.bodies.values.map(\.deadline).min()
            state.isAsleep = next != nil
            return (slow.values.map(\.channel), next)
        }
        for channel in slow { channel.pipeline.fireErrorCaught(TooSlow()) }
        return next
    }
}
