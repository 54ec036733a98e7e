import Text

extension Instant {
    /// 0001-01-01 to the end of 9999, what RFC 3339 can write; sums with any time to live stay far from overflow.
    package static let writable =
        Instant(milliseconds: -62_135_596_800_000)...Instant(milliseconds: 253_402_300_799_999)

    /// Reads `2026-09-14T16:31:00.250+02:00` [RFC 3339 §5.6]: the offset is required, fractions below a millisecond are dropped,
    /// second 60 counts as the next minute. nil for anything else.
    package init?(rfc3339 text: some StringProtocol) {
        var digits = DigitReader(text.utf8)
        guard let year = digits.number(4), digits.take("-"), let month = digits.number(2), digits.take("-"),
            let day = digits.number(2), digits.take("T", or: "t"), let hour = digits.number(2), digits.take(":"),
            let minute = digits.number(2), digits.take(":"), let second = digits.number(2),
            let fraction = digits.milliseconds(), let offset = digits.offsetMinutes(), digits.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let minutes = Int64(date.daysSince1970) * 1440 + Int64(hour * 60 + minute - offset)
        let instant = Instant(milliseconds: (minutes * 60 + Int64(second)) * 1000 + Int64(fraction))
        guard Self.writable.contains(instant) else { return nil }
        self = instant
    }

    /// UTC with `Z`, milliseconds only when there are some: `2026-09-14T14:31:00Z`.
    package var rfc3339: String { CivilDate.rfc3339(milliseconds: milliseconds) }
}

/// Takes fixed-width numbers and marks off the front of a text.
private struct DigitReader<Text: Collection> where Text.Element == UInt8 {
    private var rest: Text.SubSequence

    init(_ text: Text) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func take(_ mark: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard let byte = rest.first, byte == UInt8(ascii: mark) || byte == other.map({ UInt8(ascii: $0) }) else {
            return false
        }
        rest = rest.dropFirst()
        return true
    }

    /// 0 without a fraction; nil when no digit follows the point.
    mutating func milliseconds() -> Int? {
        guard take(".") else { return 0 }
        guard var value = digit() else { return nil }
        var places = 1
        while let digit = digit() {
            if places < 3 { value = value * 10 + digit }
            places = min(places + 1, 3)
        }
        while places < 3 {
            value *= 10
            places += 1
        }
        return value
    }

    mutating func offsetMinutes() -> Int? {
        if take("Z", or: "z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60 else {
            return nil
        }
        return sign * (hours * 60 + minutes)
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest = rest.dropFirst()
        return Int(byte - UInt8(ascii: "0"))
    }
}
