/// When nobody is rung, by the clock on the wall: each day, or once a week. From the first minute to before the last.
package struct Pause: Hashable, Sendable {
    /// A minute of the day, or of the week when it has a day (0: Monday).
    package struct Bound: Hashable, Sendable {
        package var day: Int?
        /// 0…1440; 1440 only where a pause ends.
        package var minute: Int

        package init(day: Int? = nil, minute: Int) {
            self.day = day
            self.minute = minute
        }
    }

    package let from: Bound
    package let to: Bound

    /// Why two texts are no pause.
    package enum FormatError: Error, Hashable, Sendable {
        case from
        case to
        /// One has a day and the other none.
        case mixed
        /// It ends where it begins: never, or always?
        case empty

        package var detail: String {
            switch self {
            case .from, .to: "must be a time such as 20:00, or a day and a time such as Fri 20:00"
            case .mixed: "one end has a day of the week and the other none: write both as 20:00 or both as Fri 20:00"
            case .empty: "ends at the minute at which it begins: it would be quiet never or always"
            }
        }
    }

    package static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    package init(from: String, to: String) throws(FormatError) {
        guard let from = Self.bound(from), from.minute < 1440 else { throw .from }
        guard let to = Self.bound(to) else { throw .to }
        guard (from.day == nil) == (to.day == nil) else { throw .mixed }
        self.from = from
        self.to = to
        guard Self.start(from) != Self.end(to) else { throw .empty }
    }

    /// `07:30`, `24:00`, `Sun 07:30`; nothing else.
    private static func bound(_ text: String) -> Bound? {
        let words = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let time = words.last.flatMap({ minute(Array($0)) }), words.count <= 2 else { return nil }
        guard words.count == 2 else { return Bound(minute: time) }
        guard let day = days.firstIndex(where: { $0.utf8.elementsEqual(words[0]) }) else { return nil }
        return Bound(day: day, minute: time)
    }

    private static func minute(_ text: [UInt8]) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard text.count == 5, text[2] == UInt8(ascii: ":"),
            [0, 1, 3, 4].allSatisfy({ digits.contains(text[$0]) })
        else { return nil }
        let number = text.map { Int($0) - 48 }
        let (hour, minute) = (number[0] * 10 + number[1], number[3] * 10 + number[4])
        return minute < 60 && (hour < 24 || (hour == 24 && minute == 0)) ? hour * 60 + minute : nil
    }

    private static func start(_ bound: Bound) -> Int { (bound.day ?? 0) * 1440 + bound.minute }

    /// The midnight that ends a day begins the next.
    private static func end(_ bound: Bound) -> Int {
        let minute = start(bound)
        return bound.day == nil ? minute % 1440 : minute % WeekOfMinutes.count
    }

    /// Calls `body` with the minutes of the week it takes, in ranges.
    func forEachRange(_ body: (Range<Int>) -> Void) {
        let (start, end) = (Self.start(from), Self.end(to))
        func mark(_ start: Int, _ end: Int) {
            guard start < end else {
                body(start..<WeekOfMinutes.count)
                return body(0..<end)
            }
            body(start..<end)
        }
        guard from.day == nil else { return mark(start, end) }
        for day in 0..<7 {
            let first = day * 1440 + start
            mark(first, (day * 1440 + end + (end > start ? 0 : 1440)) % WeekOfMinutes.count)
        }
    }

    /// As they are written.
    package var texts: (from: String, to: String) { (Self.text(from), Self.text(to)) }

    private static func text(_ bound: Bound) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = two(bound.minute / 60) + ":" + two(bound.minute % 60)
        return bound.day.map { days[$0] + " " + time } ?? time
    }
}

extension Pause {
    /// 20:00 to 7:00, and from Friday 20:00 to Monday 7:00 [circular of 10 July 2025].
    package static let national: [Pause] = [
        Pause(.init(minute: 20 * 60), .init(minute: 7 * 60)),
        Pause(.init(day: 4, minute: 20 * 60), .init(day: 0, minute: 7 * 60)),
    ]

    private init(_ from: Bound, _ to: Bound) {
        self.from = from
        self.to = to
    }
}
