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
