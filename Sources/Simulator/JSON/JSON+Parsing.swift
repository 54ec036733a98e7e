import Foundation

extension JSON {
    package struct SyntaxError: Error, Hashable, Sendable {
        /// Foundation's words, with the place when it knows it.
        package var description: String
    }

    /// Parses exactly one value (RFC 8259); white space around it is allowed, anything else is not.
    ///
    /// Foundation reads it, and bounds its nesting. It lets two things pass that no provider takes, refused here: a comma behind the last
    /// item, and a byte order mark.
    ///
    /// - Throws: ``SyntaxError`` for malformed JSON or text that is not UTF-8.
    package init(parsing bytes: some Collection<UInt8>) throws(SyntaxError) {
        let data = Data(bytes)
        if data.starts(with: [0xEF, 0xBB, 0xBF]) { throw SyntaxError(description: "a byte order mark") }
        let value: Any
        do { value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) } catch {
            let reason = (error as NSError).userInfo["NSDebugDescription"] as? String
            throw SyntaxError(description: reason ?? "malformed JSON")
        }
        if let offset = Self.trailingComma(data) {
            throw SyntaxError(description: "a comma too many at byte \(offset)")
        }
        self.init(foundation: value)
    }

    private init(foundation value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let members as [String: Any]: self = .object(members.mapValues(JSON.init(foundation:)))
        case let items as [Any]: self = .array(items.map(JSON.init(foundation:)))
        case let number as NSNumber:
            switch UInt8(bitPattern: number.objCType.pointee) {
            case UInt8(ascii: "c"), UInt8(ascii: "B"): self = .bool(number.boolValue)
            // Beyond 63 bits, or with a fraction or an exponent.
            case UInt8(ascii: "Q"), UInt8(ascii: "d"), UInt8(ascii: "f"): self = .number(number.doubleValue)
            default: self = .integer(number.int64Value)
            }
        default: self = .null
        }
    }

    /// Where a comma stands right before the end of an array or object; of text that is otherwise well-formed.
    private static func trailingComma(_ text: Data) -> Int? { text.withUnsafeBytes(trailingComma) }

    /// On the raw bytes: an unoptimised simulator spends milliseconds on a walk over `Data`.
    private static func trailingComma(_ text: UnsafeRawBufferPointer) -> Int? {
        var comma: Int?
        var isInString = false
        var isEscaped = false
        for offset in 0..<text.count {
            let byte = text[offset]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: ","): comma = offset
            case 0x20, 0x09, 0x0A, 0x0D: break
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if let comma { return comma }
            default:
                comma = nil
                isInString = byte == UInt8(ascii: "\"")
            }
        }
        return nil
    }
}
