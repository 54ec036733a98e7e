/// Percent coding [RFC 3986 §2.1].
package enum PercentCoding {
    /// Every byte for which `isPlain` is false becomes `%XX`.
    package static func encode(_ text: some StringProtocol, isPlain: (UInt8) -> Bool = isUnreserved) -> String {
        String(decoding: text.utf8.flatMap { isPlain($0) ? [$0] : Hex.percent($0) }, as: UTF8.self)
    }

    /// Letters, digits, `-`, `.`, `_` and `~` [RFC 3986 §2.3].
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// One round of decoding; nil for a `%` without two digits, or when what comes out is not UTF-8.
    package static func decode(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let decoded = takeByte(&rest) else { return nil }
            bytes.append(decoded)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Takes the two digits behind a `%`.
    package static func takeByte<Rest: Collection>(_ rest: inout Rest) -> UInt8?
    where Rest.Element == UInt8, Rest.SubSequence == Rest {
        guard let high = rest.popFirst().flatMap(Hex.digit), let low = rest.popFirst().flatMap(Hex.digit) else {
            return nil
        }
        return high << 4 | low
    }
}
