/// Writes compact JSON. Strings escape only what RFC 8259 §7 demands; the bytes are always valid UTF-8.
package enum JSONWriter {
    package static func bytes(_ value: JSONValue) -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(1024)
        append(value, to: &buffer)
        return buffer
    }

    package static func text(_ value: JSONValue) -> String {
        String(decoding: bytes(value), as: UTF8.self)
    }

    package static func append(_ value: JSONValue, to buffer: inout [UInt8]) {
        switch value {
        case .null: appendNull(to: &buffer)
        case .bool(let value): append(value, to: &buffer)
        case .number(let text):
            precondition(JSONNumber.isNumber(text), "A JSON number was built from a text that is none.")
            buffer.append(contentsOf: text.utf8)
        case .string(let text): append(text, to: &buffer)
        case .array(let elements):
            buffer.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                append(element, to: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let object): append(object, to: &buffer)
        }
    }

    package static func append(_ object: JSONObject, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "{"))
        for (index, member) in object.members.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            appendName(member.name, to: &buffer)
            append(member.value, to: &buffer)
        }
        buffer.append(UInt8(ascii: "}"))
    }

    // MARK: - For code that writes without building values

    /// `"name":`
    package static func appendName(_ name: String, to buffer: inout [UInt8]) {
        append(name, to: &buffer)
        buffer.append(UInt8(ascii: ":"))
    }

    /// The quoted and escaped string.
    package static func append(_ text: String, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        appendUnquoted(text, to: &buffer)
        buffer.append(UInt8(ascii: "\""))
    }

    /// The escaped string without quotes, to join pieces inside one string.
    package static func appendUnquoted(_ text: String, to buffer: inout [UInt8]) {
        var text = text
        text.withUTF8 { utf8 in
            guard utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
                return buffer.append(contentsOf: utf8)
            }
            for byte in utf8 {
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    appendEscape(of: byte, to: &buffer)
                } else {
                    buffer.append(byte)
                }
            }
        }
    }

    package static func append(_ number: some FixedWidthInteger, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: String(number).utf8)
    }

    /// `null` for what JSON cannot say: infinity and NaN.
    package static func append(_ number: Double, to buffer: inout [UInt8]) {
        guard number.isFinite else { return appendNull(to: &buffer) }
        buffer.append(contentsOf: "\(number)".utf8)
    }

    package static func append(_ value: Bool, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package static func appendNull(to buffer: inout [UInt8]) {
        buffer.append(contentsOf: "null".utf8)
    }

    private static func appendEscape(of byte: UInt8, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): buffer.append(byte)
        case 0x08: buffer.append(UInt8(ascii: "b"))
        case 0x09: buffer.append(UInt8(ascii: "t"))
        case 0x0A: buffer.append(UInt8(ascii: "n"))
        case 0x0C: buffer.append(UInt8(ascii: "f"))
        case 0x0D: buffer.append(UInt8(ascii: "r"))
        default:
            buffer.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            buffer.append(Hex.digit(byte >> 4))
            buffer.append(Hex.digit(byte & 15))
        }
    }
}
