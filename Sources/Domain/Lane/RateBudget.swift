/// A provider's quota per minute, kept on our side: at most `perMinute` in any 60 seconds, whichever moment the provider counts from.
///
/// FCM counts 600,000 messages a minute per project in windows "not clock-aligned" [FCM: throttling and quotas]; a bucket of our own that is
/// refilled at another moment would let twice as many through. So the last 60 seconds are counted in slices, and a slice falls out only when
/// its last moment is 60 seconds away.
package struct RateBudget: Hashable, Sendable {
    package let perMinute: Int
    private static let sliceMilliseconds: Int64 = 250
    /// A minute and the slice that is only partly out of it.
    private static let slices: Int64 = 60_000 / sliceMilliseconds + 1
    private var counts: [Int32]
    private var slice: Int64 = 0
    private var sum = 0

    package init(perMinute: Int) {
        precondition(perMinute > 0, "A budget allows something")
        self.perMinute = perMinute
        counts = Array(repeating: 0, count: Int(Self.slices))
    }

    /// Whether one more fits. `now`: monotonic milliseconds.
    package mutating func hasRoom(now: Int64) -> Bool {
        advance(to: now / Self.sliceMilliseconds)
        return sum < perMinute
    }

    /// One was sent, at the moment last asked about.
    package mutating func count() {
        counts[Int(slice % Self.slices)] += 1
        sum += 1
    }

    /// When a message will fit again at the earliest; nil when one fits now.
    package mutating func wakeAt(now: Int64) -> Int64? {
        advance(to: now / Self.sliceMilliseconds)
        guard sum >= perMinute else { return nil }
        // The oldest slice that holds something falls out first.
        for age in (0..<Self.slices).reversed() where counts[Int((slice + Self.slices - age) % Self.slices)] > 0 {
            return (slice - age + Self.slices) * Self.sliceMilliseconds
        }
        return nil
    }

    private mutating func advance(to now: Int64) {
        guard now > slice else { return }
        for passed in 1...min(now - slice, Self.slices) {
            let index = Int((slice + passed) % Self.slices)
            sum -= Int(counts[index])
            counts[index] = 0
        }
        slice = now
    }
}
