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
