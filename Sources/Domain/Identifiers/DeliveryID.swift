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
