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

    /// The whole text is one number.
    static func isNumber(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return end(in: bytes, from: 0) == bytes.count
        }
    }
}
