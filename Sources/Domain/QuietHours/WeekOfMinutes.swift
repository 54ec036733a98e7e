/// The quiet minutes of a week, Monday 00:00 first.
package struct WeekOfMinutes: Hashable, Sendable {
    package static let count = 7 * 1440

    private var words = [UInt64](repeating: 0, count: (count + 63) / 64)

    package init(_ pauses: [Pause]) {
        for pause in pauses {
            pause.forEachRange { range in
                for minute in range { words[minute >> 6] |= 1 << UInt64(minute & 63) }
            }
        }
    }

    package func isQuiet(_ minute: Int) -> Bool { words[minute >> 6] & (1 << UInt64(minute & 63)) != 0 }

    package var isNeverQuiet: Bool { words.allSatisfy { $0 == 0 } }

    package var isAlwaysQuiet: Bool { !(0..<Self.count).contains { !isQuiet($0) } }

    /// Minutes from this one to the first that is not quiet; nil when there is none.
    func minutesToOpening(from minute: Int) -> Int? {
        (0..<Self.count).first { !isQuiet((minute + $0) % Self.count) }
    }

    /// The minute of the week of a wall clock.
    static func minute(ofWall seconds: Int64) -> Int {
        // 1970-01-01 was a Thursday.
        let shifted = (seconds + 3 * 86_400) % (7 * 86_400)
        return Int((shifted + 7 * 86_400) % (7 * 86_400)) / 60
    }
}
