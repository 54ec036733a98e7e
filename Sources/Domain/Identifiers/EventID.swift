/// An accepted event: `E-` and Crockford base 32 of a 63-bit number that grows with time and is never reused.
package struct EventID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// Reads `E-7F3K2`, letter case ignored; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let value = Base32.decode(text, prefix: "E-") else { return nil }
        rawValue = value
    }

    package var description: String { "E-" + Base32.encode(rawValue) }

    /// The ids that begin with a part of one, of at least four digits: `E-1M85G`. nil when it is none, or whole.
    package static func range(ofPrefix text: some StringProtocol) -> ClosedRange<Int64>? {
        let digits = text.utf8.count - 2
        guard (4..<digitsNow).contains(digits), let value = Base32.decode(text, prefix: "E-") else { return nil }
        let shift = Int64(5 * (digitsNow - digits))
        guard value <= Int64.max >> shift else { return nil }
        return value << shift...(value << shift) + (1 << shift) - 1
    }

    /// Of the ids of this century: milliseconds since 1970 and a count.
    private static let digitsNow = 13

    package static func < (lhs: EventID, rhs: EventID) -> Bool { lhs.rawValue < rhs.rawValue }
}
