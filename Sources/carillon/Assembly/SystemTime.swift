import Domain
import Glibc
import Synchronization

/// The system's clocks; the only place of the gateway that reads them.
enum SystemTime {
    /// The clocks as they are, for commands and log lines.
    static let source = TimeSource(now: now, monotonic: monotonic)

    static func now() -> Instant { Instant(milliseconds: milliseconds(CLOCK_REALTIME)) }

    static func monotonic() -> Int64 { milliseconds(CLOCK_MONOTONIC) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// The clock of the services: steps of the wall clock have to prove themselves (``SteadyClock``). Two reads of the clocks and a lock, about
/// 60 ns.
final class SteadyTime: Sendable {
    private let clock: Mutex<SteadyClock>
    private let onDoubt: @Sendable (_ isInDoubt: Bool) -> Void

    /// `onDoubt`: called at the reading that begins or ends a doubt, on its caller's thread.
    init(onDoubt: @escaping @Sendable (_ isInDoubt: Bool) -> Void) {
        clock = Mutex(SteadyClock(wall: SystemTime.now().milliseconds, monotonic: SystemTime.monotonic()))
        self.onDoubt = onDoubt
    }

    var source: TimeSource { TimeSource(now: now, monotonic: SystemTime.monotonic) }

    var isInDoubt: Bool { clock.withLock { $0.isInDoubt } }

    /// `highWater`: what the store has seen last.
    func report(highWater: Instant) -> ClockReport {
        let wall = SystemTime.now()
        let steady = now()
        let since = clock.withLock(\.suspectSince).map { Instant(milliseconds: $0) }
        return ClockReport(wall: wall, steady: steady, suspectSince: since, highWater: highWater)
    }

    /// A person believes the wall clock; false when nobody doubts it.
    func accept() -> Bool {
        change { clock in
            guard clock.isInDoubt else { return false }
            clock.accept(wall: SystemTime.now().milliseconds, monotonic: SystemTime.monotonic())
            return true
        }
    }

    /// What the store has seen last; once, before anything is served.
    func hasBeen(_ instant: Instant) { change { $0.hasBeen(instant, monotonic: SystemTime.monotonic()) } }

    @Sendable private func now() -> Instant {
        Instant(
            milliseconds: change { clock in
                clock.now(wall: SystemTime.now().milliseconds, monotonic: SystemTime.monotonic())
            }
        )
    }

    private func change<T>(_ body: (inout SteadyClock) -> T) -> T {
        let (result, before, after) = clock.withLock { clock in
            let before = clock.isInDoubt
            let result = body(&clock)
            return (result, before, clock.isInDoubt)
        }
        if before != after { onDoubt(after) }
        return result
    }
}
