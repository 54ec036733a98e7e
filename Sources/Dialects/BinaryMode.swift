import Domain

/// CloudEvents binary mode [CloudEvents HTTP binding §3.1]: attributes in `ce-` headers, the body is the data.
enum BinaryMode {
    private static let names = ["specversion", "id", "source", "type", "subject", "time", "dataclassification"]

    /// The event as an object of the structured mode, and the bytes that tell one such event from another.
    static func attributes(
        header: (String) -> String?,
        body: [UInt8],
        limits: Limits
    ) throws(EventRefusal) -> (JSONObject, hashedBytes: [UInt8]) {
        var object = JSONObject()
        var errors: [FieldError] = []
        for name in names {
            guard let field = header("ce-" + name) else { continue }
            guard let text = percentDecoded(field) else {
                errors.append(
                    FieldError(
                        JSONPointer.root.member(name),
                        "malformed",
                        "The header ce-\(name) is not percent-encoded UTF-8."
                    )
                )
                continue
            }
            object[name] = .string(text)
        }
        guard errors.isEmpty else { throw .invalid(errors) }
        let hashedBytes = JSONWriter.bytes(.object(object)) + body
        do { object["data"] = try JSONParser.parse(body, depthMax: limits.jsonDepthMax) } catch { throw .json(error) }
        return (object, hashedBytes)
    }

    /// One round of decoding [§3.1.3.2]: quotes around the whole value are removed, `%XX` decoded, invalid UTF-8 refused.
    static func percentDecoded(_ field: String) -> String? {
        var rest = Array(field.utf8)[...]
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        var isQuoted = false
        if rest.count >= 2, rest.first == UInt8(ascii: "\""), rest.last == UInt8(ascii: "\"") {
            rest = rest.dropFirst().dropLast()
            isQuoted = true
        }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let escaped = Hex.byte(takenFrom: &rest) else { return nil }
                bytes.append(escaped)
            case UInt8(ascii: "\\") where isQuoted:
                guard let escaped = rest.popFirst() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
