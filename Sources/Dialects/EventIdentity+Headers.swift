import Domain

extension EventIdentity {
    /// The identity of a dialect that has none of its own, from the request's headers. Of a signed request the signed `webhook-id` only:
    /// with a header that anybody can add to a replay, it would be a new event.
    ///
    /// - Throws: 400 for an `Idempotency-Key` that is neither a structured string nor a bare token.
    static func ofRequest(
        _ header: (String) -> String?,
        isSigned: Bool,
        bytesMax: Int
    ) throws(EventRefusal) -> EventIdentity {
        if !isSigned, let field = header("Idempotency-Key") {
            guard let key = idempotencyKey(field), key.utf8.count <= bytesMax else {
                throw EventRefusal(
                    400,
                    "malformedIdempotencyKey",
                    "Idempotency-Key is a quoted string of at most \(bytesMax) bytes."
                )
            }
            return .idempotencyKey(key)
        }
        if let id = header("webhook-id"), !id.isEmpty {
            guard id.utf8.count <= bytesMax else {
                throw EventRefusal(400, "malformedWebhookID", "webhook-id has at most \(bytesMax) bytes.")
            }
            return .webhookID(id)
        }
        return .bytes
    }

    /// Reads `"8e03978e-…"` [RFC 9651 §4.2.5, parameters ignored] or the same without quotes, as many clients send it.
    package static func idempotencyKey(_ field: String) -> String? {
        let text = field.utf8.drop { $0 == 0x20 || $0 == 0x09 }
        guard text.first == UInt8(ascii: "\"") else {
            let bare = String(Substring(text).reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            let isToken = bare.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x2C && $0 != 0x3B }
            return bare.isEmpty || !isToken ? nil : bare
        }
        var key: [UInt8] = []
        var isEscaped = false
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            if isEscaped {
                guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { return nil }
                key.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                let tail = rest.drop { $0 == 0x20 || $0 == 0x09 }
                guard !key.isEmpty, tail.isEmpty || tail.first == UInt8(ascii: ";") else { return nil }
                return String(decoding: key, as: UTF8.self)
            } else {
                guard (0x20...0x7E).contains(byte) else { return nil }
                key.append(byte)
            }
        }
        return nil
    }
}
