/// The parser's place in the text. The bytes are known to be UTF-8; the caller keeps them alive.
struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var depthLeft: Int
    private let nameBytesMax: Int
    private var scratch: [UInt8] = []

    init(_ bytes: UnsafeRawBufferPointer, depthMax: Int, nameBytesMax: Int) {
        self.bytes = bytes
        depthLeft = depthMax
        self.nameBytesMax = nameBytesMax
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func value() throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    /// Only white space may follow.
    mutating func end() throws(JSONError) {
        skipWhiteSpace()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
    }

    /// The outermost array; nil, with the value read, when it is something else.
    mutating func elements() throws(JSONError) -> [JSONParser.Element]? {
        skipWhiteSpace()
        guard peek == UInt8(ascii: "[") else {
            _ = try value()
            return nil
        }
        var elements: [JSONParser.Element] = []
        try list { (reader) throws(JSONError) in
            reader.skipWhiteSpace()
            let start = reader.position
            let value = try reader.value()
            elements.append(JSONParser.Element(value: value, range: start..<reader.position))
        }
        return elements
    }

    // MARK: - Structures

    private mutating func array() throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        try list { (reader) throws(JSONError) in elements.append(try reader.value()) }
        return .array(elements)
    }

    private mutating func list(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try descend()
        skipWhiteSpace()
        if !take(UInt8(ascii: "]")) {
            var index = 0
            repeat {
                do throws(JSONError) { try element(&self) } catch { throw error.inside(index) }
                index += 1
                skipWhiteSpace()
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"), "a comma or ]")
        }
        depthLeft += 1
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try descend()
        skipWhiteSpace()
        var members: [JSONObject.Member] = []
        // Comparing each name with all before is quadratic: past a few members a set takes over.
        var names: Set<ExactText> = []
        if !take(UInt8(ascii: "}")) {
            members.reserveCapacity(8)
            repeat {
                skipWhiteSpace()
                let start = position
                guard peek == UInt8(ascii: "\"") else {
                    throw JSONError(.syntax, at: position, expected: "a name in quotes")
                }
                let name = try string()
                guard name.utf8.count <= nameBytesMax else { throw JSONError(.nameTooLong, at: start) }
                if members.count < 16 {
                    for member in members where member.name.hasSameBytes(as: name) {
                        throw JSONError(.duplicateMember, at: start).inside(name)
                    }
                } else {
                    if names.isEmpty { names = Set(members.map { ExactText($0.name) }) }
                    guard names.insert(ExactText(name)).inserted else {
                        throw JSONError(.duplicateMember, at: start).inside(name)
                    }
                }
                skipWhiteSpace()
                let member: JSONValue
                do throws(JSONError) {
                    try expect(UInt8(ascii: ":"), "a colon")
                    member = try value()
                } catch { throw error.inside(name) }
                members.append(JSONObject.Member(name: name, value: member))
                skipWhiteSpace()
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"), "a comma or }")
        }
        depthLeft += 1
        return .object(JSONObject(uniqueMembers: members))
    }

    private mutating func descend() throws(JSONError) {
        guard depthLeft > 0 else { throw JSONError(.tooDeep, at: position) }
        depthLeft -= 1
        position += 1
    }

    // MARK: - Scalars

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            try expect(text.utf8Start[index], "\(text)")
        }
        return value
    }

    private mutating func number() throws(JSONError) -> String {
        let start = position
        guard let end = JSONNumber.end(in: bytes, from: start) else { throw JSONError(.syntax, at: start) }
        position = end
        return text(start..<end)
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return text(start..<(position - 1))
            case UInt8(ascii: "\\"):
                return try stringWithEscapes(from: start)
            case 0..<0x20:
                throw JSONError(.syntax, at: position, expected: "an escape for a control character")
            default:
                position += 1
            }
        }
        throw JSONError(.syntax, at: position, expected: "the end of a string")
    }

    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: scratch, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try escape()
            case 0..<0x20:
                throw JSONError(.syntax, at: position, expected: "an escape for a control character")
            default:
                scratch.append(byte)
                position += 1
            }
        }
        throw JSONError(.syntax, at: position, expected: "the end of a string")
    }

    private mutating func escape() throws(JSONError) {
        let start = position
        position += 1
        let letter = peek
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(letter)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar()
            scratch.append(contentsOf: Array(String(scalar).utf8))
        default: throw JSONError(.syntax, at: start, expected: "an escape of JSON")
        }
    }

    /// `position` is behind `\u`; takes the second half of a surrogate pair too. U+FFFD for a half that stands alone.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let next = position
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            position = next
            return "\u{FFFD}"
        }
        let second = try hexDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else {
            // The second escape is a character of its own.
            position = next
            return "\u{FFFD}"
        }
        return scalar
    }

    private mutating func hexDigits() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Hex.value(peek) else {
                throw JSONError(.syntax, at: min(position, bytes.count), expected: "four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    // MARK: - Bytes

    /// The byte here, or 0 (which begins nothing in JSON) at the end.
    private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ expected: @autoclosure () -> String) throws(JSONError) {
        guard take(byte) else { throw JSONError(.syntax, at: position, expected: expected()) }
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}
