/// Messages per device and minute: keeps a publisher's loop from spending a phone's quota at the provider (FCM: 240 a minute and 5,000 an
/// hour for one Android device; beyond it the phone is cut off for the rest).
///
/// Never more than the bound in any 60 seconds or 60 minutes: both are counted in slices, and a slice falls out when all of it is that old.
/// Fixed memory (2.5 MB): devices share counters by their number, so a count may be too high and never too low. A device that meets the
/// bound waits a minute; it loses nothing. No clock: monotonic milliseconds come in.
package struct DeviceRates: Sendable {
    package let perMinute: Int
    package let perHour: Int
    private var minutes = Slices(milliseconds: 10_000, count: 7)
    private var hours = Slices(milliseconds: 300_000, count: 13)

    /// A power of two; at 600,000 messages a minute nine devices share a counter.
    private static let counters = 65_536

    package init(perMinute: Int = 200, perHour: Int = 4_500) {
        self.perMinute = perMinute
        self.perHour = perHour
    }

    /// Whether the device may be rung once more.
    package mutating func hasRoom(_ device: DeviceID, now: Int64) -> Bool {
        let index = Self.index(device)
        return minutes.sum(index, now) < perMinute && hours.sum(index, now) < perHour
    }

    /// The device was rung.
    package mutating func count(_ device: DeviceID, now: Int64) {
        let index = Self.index(device)
        minutes.count(index, now)
        hours.count(index, now)
    }

    private static func index(_ device: DeviceID) -> Int { Int(truncatingIfNeeded: device.rawValue) & (counters - 1) }

    /// Counters for the last so many slices of time.
    private struct Slices: Sendable {
        let milliseconds: Int64
        let count: Int
        /// The slices of a counter side by side.
        private var counts: [UInt16]
        private var slice: Int64 = 0

        init(milliseconds: Int64, count: Int) {
            self.milliseconds = milliseconds
            self.count = count
            counts = Array(repeating: 0, count: counters * count)
        }

        mutating func sum(_ index: Int, _ now: Int64) -> Int {
            advance(to: now / milliseconds)
            var sum = 0
            for place in index * count..<(index + 1) * count { sum += Int(counts[place]) }
            return sum
        }

        mutating func count(_ index: Int, _ now: Int64) {
            advance(to: now / milliseconds)
            let place = index * count + Int(slice % Int64(count))
            if counts[place] < .max { counts[place] += 1 }
        }

        private mutating func advance(to now: Int64) {
            guard now > slice else { return }
            for passed in 1...min(now - slice, Int64(count)) {
                let column = Int((slice + passed) % Int64(count))
                for counter in 0..<counters { counts[counter * count + column] = 0 }
            }
            slice = now
        }
    }
}
