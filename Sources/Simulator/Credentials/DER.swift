/// The few ASN.1 types an X.509 certificate needs, in DER (X.690).
enum DER {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap(\.self)) }
    static func set(_ parts: [UInt8]...) -> [UInt8] { element(0x31, parts.flatMap(\.self)) }
    static func octetString(_ bytes: [UInt8]) -> [UInt8] { element(0x04, bytes) }
    static func bitString(_ bytes: [UInt8], unusedBits: UInt8 = 0) -> [UInt8] { element(0x03, [unusedBits] + bytes) }
    static func utf8String(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }
    static let `true`: [UInt8] = [0x01, 0x01, 0xFF]

    /// Tag in the context's class; `constructed` for explicit tags.
    static func context(_ tag: UInt8, _ content: [UInt8], constructed: Bool) -> [UInt8] {
        element((constructed ? 0xA0 : 0x80) | tag, content)
    }

    /// Unsigned, big endian, in the fewest bytes that keep the sign bit clear.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        var digits = Array(bytes.drop { $0 == 0 })
        if digits.isEmpty || digits[0] >= 0x80 { digits.insert(0, at: 0) }
        return element(0x02, digits)
    }

    static func objectIdentifier(_ arcs: UInt32...) -> [UInt8] {
        var content: [UInt8] = [UInt8(arcs[0] * 40 + arcs[1])]
        for arc in arcs.dropFirst(2) {
            var digits = [UInt8(arc & 0x7F)]
            var rest = arc >> 7
            while rest > 0 {
                digits.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            content += digits
        }
        return element(0x06, content)
    }

    /// UTCTime of a number of seconds since 1970, as RFC 5280 §4.1.2.5 wants for years before 2050.
    static func utcTime(seconds: Int64) -> [UInt8] {
        let (days, ofDay) = seconds.quotientAndRemainder(dividingBy: 86_400)
        // Days to civil date, counted in eras of 400 years from 1 March 0000.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        precondition((1970..<2050).contains(year), "UTCTime ends with 2049")
        let text = [year % 100, month, day, ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map(twoDigits).joined() + "Z"
        return element(0x17, Array(text.utf8))
    }

    static func pem(_ der: [UInt8], label: String) -> String {
        var text = "-----BEGIN \(label)-----\n"
        let base64 = Array(Base64.encode(der).utf8)
        for start in stride(from: 0, to: base64.count, by: 64) {
            text += String(decoding: base64[start..<min(start + 64, base64.count)], as: UTF8.self) + "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}

/// Standard base64 with padding, for PEM.
private enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes)
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(standard) + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}
