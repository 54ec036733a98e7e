import Glibc
import Synchronization

/// Signals that come before anybody can act on them: kept, and raised again when the services run. Without this the first 200 ms of a
/// start end the process at a SIGHUP, and leave a SIGTERM without its order.
enum EarlySignals {
    private static let kept = Atomic<UInt64>(0)
    static let numbers = [SIGTERM, SIGINT, SIGHUP]

    /// First thing in the process.
    static func keep() {
        for number in numbers {
            // Only an atomic operation: all that a handler may do.
            signal(number) { EarlySignals.kept.bitwiseOr(1 << UInt64($0), ordering: .relaxed) }
        }
    }

    /// Somebody wants the process to end before it has begun.
    static var wantsEnd: Bool { kept.load(ordering: .relaxed) & (1 << UInt64(SIGTERM) | 1 << UInt64(SIGINT)) != 0 }

    /// To whoever handles them by now.
    static func raise() {
        let kept = kept.exchange(0, ordering: .relaxed)
        for number in numbers where kept & 1 << UInt64(number) != 0 { kill(getpid(), number) }
    }
}
