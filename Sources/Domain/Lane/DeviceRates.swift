/// Messages per device and minute, roughly: keeps a publisher's loop from spending a phone's quota at the provider (FCM: 240 a minute and
/// 5,000 an hour for one Android device; beyond it the phone is cut off for the rest).
///
/// Fixed memory: devices share counters by their number, so a count may be too high and never too low. A device that meets the bound waits
/// a minute; it loses nothing. No clock: monotonic milliseconds come in.
package struct DeviceRates: Sendable {
    package let perMinute: Int
    package let perHour: Int
    private var minutes: [UInt16]
    private var hours: [UInt16]
    private var minute: Int64 = -1
    private var hour: Int64 = -1

    /// A power of two; at 600,000 messages a minute nine devices share a counter.
    private static let counters = 65_536

    package init(perMinute: Int = 200, perHour: Int = 4_500) {
        self.perMinute = perMinute
        self.perHour = perHour
        minutes = Array(repeating: 0, count: Self.counters)
        hours = minutes
    }

    /// Whether the device may be rung once more.
    package mutating func hasRoom(_ device: DeviceID, now: Int64) -> Bool {
        advance(now)
        let index = Int(truncatingIfNeeded: device.rawValue) & (Self.counters - 1)
        return minutes[index] < perMinute && hours[index] < perHour
    }

    /// The device was rung.
    package mutating func count(_ device: DeviceID, now: Int64) {
        advance(now)
        let index = Int(truncatingIfNeeded: device.rawValue) & (Self.counters - 1)
        minutes[index] &+= 1
        hours[index] &+= 1
    }

    private mutating func advance(_ now: Int64) {
        let (thisMinute, thisHour) = (now / 60_000, now / 3_600_000)
        if thisMinute != minute {
            minute = thisMinute
            minutes.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        }
        if thisHour != hour {
            hour = thisHour
            hours.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        }
    }
}
