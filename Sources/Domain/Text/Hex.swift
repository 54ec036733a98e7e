/// Bytes as hexadecimal digits, and back.
package enum Hex {
    /// Two lower-case digits a byte.
    @inlinable package static func text(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            var end = 0
            for byte in bytes {
                text[end] = digit(byte >> 4)
                text[end + 1] = digit(byte & 15)
                end += 2
            }
            return end
        }
    }

    /// 16 lower-case digits.
    package static func text(_ number: UInt64) -> String {
        withUnsafeBytes(of: number.bigEndian) { text($0) }
    }

    /// Digits of either case; nil for anything else, and for half a byte.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        var rest = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rest.count / 2)
        while !rest.isEmpty {
            guard let byte = byte(takenFrom: &rest) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Takes two digits, as they stand behind a `%` [RFC 3986 §2.1]; nil when there are none.
    package static func byte(takenFrom rest: inout ArraySlice<UInt8>) -> UInt8? {
        guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else { return nil }
        return high << 4 | low
    }

    /// The lower-case ASCII digit of 0...15.
    @inlinable package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    /// 0...15 for an ASCII hexadecimal digit of either case.
    package static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
