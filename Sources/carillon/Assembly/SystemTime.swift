import Domain
import Glibc
import Pipeline

/// The system's clocks; the only place of the gateway that reads them.
enum SystemTime {
    static let source = TimeSource(now: now, monotonic: { milliseconds(CLOCK_MONOTONIC) })

    static func now() -> Instant { Instant(milliseconds: milliseconds(CLOCK_REALTIME)) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
