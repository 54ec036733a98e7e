import Glibc

/// What work costs, so that a test can hold that ten times the input costs at most fifteen times as much.
///
/// Counted is processor time of this thread: other threads and a busy machine do not add to it. Caches and interrupts still do, always
/// upwards, so each size counts with the least of several runs, and the comparison is made again, up to ten times, until it holds. What is
/// quadratic is near a hundred every time; a faster machine shrinks both sides alike.
enum Cost {
    private static let runs = 5
    private static let attempts = 10

    /// The lowest ratio of `work(large)` to `work(small)` seen; work is made ready outside the time that counts.
    static func ratio<Input>(_ small: Input, _ large: Input, of work: (Input) throws -> Void) rethrows -> Double {
        var lowest = Double.infinity
        for _ in 0..<attempts {
            lowest = min(lowest, try least(large, work) / max(try least(small, work), 1))
            if lowest <= 15 { break }
        }
        return lowest
    }

    private static func least<Input>(_ input: Input, _ work: (Input) throws -> Void) rethrows -> Double {
        var least = Double.infinity
        for _ in 0..<runs {
            let started = now()
            try work(input)
            least = min(least, now() - started)
        }
        return least
    }

    /// Nanoseconds.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
