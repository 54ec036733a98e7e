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

/// A page: up to ``Limits/deliveriesPerPage`` deliveries of one event on one lane. Never reused.
package struct PageID: Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (lhs: PageID, rhs: PageID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A delivery: its page and the slot in it, `page * 1024 + slot`, printed `D-` and base 32.
package struct DeliveryID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package init(page: PageID, slot: Int) {
        rawValue = page.rawValue << 10 | Int64(slot)
    }

    package init?(_ text: some StringProtocol) {
        guard let value = Base32.decode(text, prefix: "D-") else { return nil }
        rawValue = value
    }

    package var page: PageID { PageID(rawValue: rawValue >> 10) }
    package var slot: Int { Int(rawValue & 1023) }
    package var description: String { "D-" + Base32.encode(rawValue) }

    package static func < (lhs: DeliveryID, rhs: DeliveryID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A directory import: `I-` and base 32.
package struct ImportID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package init?(_ text: some StringProtocol) {
        guard let value = Base32.decode(text, prefix: "I-") else { return nil }
        rawValue = value
    }

    package var description: String { "I-" + Base32.encode(rawValue) }
}

/// A lane's number in `queue.db`. Lane 0 is "nowhere": it records who gets nothing, and why.
package struct LaneID: Hashable, Comparable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let nowhere = LaneID(rawValue: 0)

    package static func < (lhs: LaneID, rhs: LaneID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A person's row in `registry.db` (guardian, pupil, staff, or an account that only devices know).
package struct PersonID: Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (lhs: PersonID, rhs: PersonID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A device's row in `registry.db`; never reused.
package struct DeviceID: Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (lhs: DeviceID, rhs: DeviceID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// Crockford's base 32 without check symbol: no I, L, O, U, so that an id can be read out on the telephone.
enum Base32 {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    static func encode(_ value: Int64) -> String {
        // A negative id stands in a damaged store only; whoever reports the damage has to be able to name it.
        var rest = UInt64(bitPattern: value)
        var digits: [UInt8] = []
        repeat {
            digits.append(alphabet[Int(rest & 31)])
            rest >>= 5
        } while rest > 0
        return String(decoding: digits.reversed(), as: UTF8.self)
    }

    static func decode(_ text: some StringProtocol, prefix: String) -> Int64? {
        // Bytes, not `uppercased()`: that makes `SS` of `ß`, and `E-ß` would be an id.
        let upper = text.utf8.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        guard upper.starts(with: prefix.utf8) else { return nil }
        let digits = upper.dropFirst(prefix.utf8.count)
        guard !digits.isEmpty, digits.count <= 13 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard let position = alphabet.firstIndex(of: digit) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 32)
            guard !overflow else { return nil }
            value = shifted | UInt64(position)
        }
        return Int64(exactly: value)
    }
}
