extension JSON {
    /// Nesting beyond this is refused, so that a hostile body cannot exhaust the stack.
    package static let depthMax = 64

    package struct SyntaxError: Error, Hashable, Sendable {
        /// Bytes before the mistake.
        package var offset: Int
    }

    /// Parses exactly one value (RFC 8259); white space around it is allowed, anything else is not.
    ///
    /// - Throws: ``SyntaxError`` for malformed JSON or text that is not UTF-8.
    package init(parsing bytes: some Collection<UInt8>) throws(SyntaxError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var position = 0

    mutating func document() throws(JSON.SyntaxError) -> JSON {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw mistake }
        return value
    }

    var mistake: JSON.SyntaxError { .init(offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth < JSON.depthMax, let byte = next else { throw mistake }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        let end = position + word.utf8CodeUnitCount
        let isSame = word.withUTF8Buffer { end <= bytes.count && bytes[position..<end].elementsEqual($0) }
        guard isSame else { throw mistake }
        position = end
        return value
    }

    private mutating func object(depth: Int) throws(JSON.SyntaxError) -> JSON {
        position += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw mistake }
            let key = try string()
            skipSpace()
            guard take(":") else { throw mistake }
            skipSpace()
            members[key] = try value(depth: depth + 1)
            skipSpace()
            if take(",") { continue }
            guard take("}") else { throw mistake }
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws(JSON.SyntaxError) -> JSON {
        position += 1
        var items: [JSON] = []
        skipSpace()
        if take("]") { return .array(items) }
        while true {
            skipSpace()
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(",") { continue }
            guard take("]") else { throw mistake }
            return .array(items)
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func number() throws(JSON.SyntaxError) -> JSON {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        var isWhole = true
        if take(".") {
            isWhole = false
            try digits()
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text) else { throw mistake }
        return .number(double)
    }

    private mutating func digits() throws(JSON.SyntaxError) {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw mistake }
    }

    private mutating func string() throws(JSON.SyntaxError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else { throw mistake }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &text)
            case 0..<0x20:
                throw mistake
            default:
                text.append(byte)
                position += 1
            }
        }
        throw mistake
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSON.SyntaxError) {
        guard let byte = next else { throw mistake }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code) {
                guard take("\\"), take("u") else { throw mistake }
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw mistake }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw mistake }
            text.append(contentsOf: Array(String(scalar).utf8))
        default: throw mistake
        }
    }

    private mutating func hexadecimal() throws(JSON.SyntaxError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw mistake }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw mistake }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }
}
