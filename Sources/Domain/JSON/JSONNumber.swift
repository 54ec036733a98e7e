/// The number grammar of RFC 8259 §6: no leading zero, no plus sign, digits around the point.
enum JSONNumber {
    /// The offset behind the number that begins at `start`; nil when none does.
    static func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        func byte() -> UInt8 { position < bytes.count ? bytes[position] : 0 }
        func digits() -> Bool {
            let first = position
            while case UInt8(ascii: "0")...UInt8(ascii: "9") = byte() { position += 1 }
            return position > first
        }

        if byte() == UInt8(ascii: "-") { position += 1 }
        if byte() == UInt8(ascii: "0") {
            position += 1
        } else if !digits() {
            return nil
        }
        if byte() == UInt8(ascii: ".") {
            position += 1
            guard digits() else { return nil }
        }
        if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
            position += 1
            if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { position += 1 }
            guard digits() else { return nil }
        }
        return position
    }

    /// The value of a number that is whole and fits, however it is written; exact, no double in between. Linear in the text.
    static func whole(_ text: String) -> Int64? {
        var digits: [UInt8] = []
        var exponent = 0
        var isNegative = false
        var hasPoint = false
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest.removeFirst()
        }
        scan: while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte - UInt8(ascii: "0"))
                if hasPoint { exponent -= 1 }
            case UInt8(ascii: "."): hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard let written = Int(String(decoding: rest, as: UTF8.self)) else { return nil }
                let (sum, isOver) = exponent.addingReportingOverflow(written)
                guard !isOver else { return nil }
                exponent = sum
                break scan
            default: return nil
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        // 19 digits are the most an Int64 has.
        let significant = digits.drop { $0 == 0 }
        if significant.isEmpty { return 0 }
        guard exponent >= 0, significant.count + exponent <= 19 else { return nil }
        var value: Int64 = 0
        for digit in significant + Array(repeating: 0, count: exponent) {
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = tens.subtractingReportingOverflow(Int64(digit))
            guard !isTooLarge, !isOver else { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The whole text is one number.
    static func isNumber(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return end(in: bytes, from: 0) == bytes.count
        }
    }
}
