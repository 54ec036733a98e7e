/// A provider's quota per minute, kept on our side: at most `perMinute` in any 60 seconds, whichever second the provider counts from.
///
/// FCM counts 600,000 messages a minute per project in windows "not clock-aligned" [FCM: throttling and quotas]; a bucket of our own that is
/// refilled at another moment would let twice as many through. So the last 60 seconds are counted, second by second.
package struct RateBudget: Hashable, Sendable {
    package let perMinute: Int
    private var seconds: [Int32]
    private var second: Int64 = 0
    private var sum = 0

    package init(perMinute: Int) {
        precondition(perMinute > 0, "A budget allows something")
        self.perMinute = perMinute
        seconds = Array(repeating: 0, count: 60)
    }

    /// Whether one more fits. `now`: monotonic milliseconds.
    package mutating func hasRoom(now: Int64) -> Bool {
        advance(to: now / 1000)
        return sum < perMinute
    }

    /// One was sent, in the second last asked about.
    package mutating func count() {
        seconds[Int(second % 60)] += 1
        sum += 1
    }

    /// When a message will fit again at the earliest; nil when one fits now.
    package mutating func wakeAt(now: Int64) -> Int64? {
        advance(to: now / 1000)
        guard sum >= perMinute else { return nil }
        // The oldest second that holds something falls out first.
        for age in (0..<60).reversed() where seconds[Int((second + 60 - Int64(age)) % 60)] > 0 {
            return (second - Int64(age) + 60) * 1000
        }
        return nil
    }

    private mutating func advance(to now: Int64) {
        guard now > second else { return }
        for passed in 1...min(now - second, 60) {
            let index = Int((second + passed) % 60)
            sum -= Int(seconds[index])
            seconds[index] = 0
        }
        second = now
    }
}
