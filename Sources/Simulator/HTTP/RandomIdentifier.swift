/// Identifiers that only need to differ from each other.
enum RandomIdentifier {
    static func hexadecimal(characters: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: (0..<characters).map { _ in digits[Int.random(in: 0..<16)] }, as: UTF8.self)
    }

    /// A lower-case version 4 UUID.
    static func uuid() -> String {
        let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
        let low = UInt64.random(in: .min ... .max) & ~(0xC << 60) | 0x8 << 60
        let text = Array((padded(high) + padded(low)).utf8)
        let groups = [text[0..<8], text[8..<12], text[12..<16], text[16..<20], text[20..<32]]
        return groups.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }

    private static func padded(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
