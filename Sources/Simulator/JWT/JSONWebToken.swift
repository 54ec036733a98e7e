/// A compact JWS (RFC 7515 §3.1) taken apart; nothing is verified yet.
package struct JSONWebToken: Sendable {
    package var header: JSON
    package var claims: JSON
    /// `header.payload` as received: what the signature covers.
    package var signedBytes: [UInt8]
    package var signature: [UInt8]

    /// Nil unless there are three base64url parts, the first two of them JSON objects.
    package init?(compact: String) {
        let parts = compact.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2].utf8)
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signedBytes = Array(compact.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    private static func object(_ part: Substring) -> JSON? {
        guard let bytes = Base64URL.decode(part.utf8) else { return nil }
        do {
            let value = try JSON(parsing: bytes)
            return value.object == nil ? nil : value
        } catch {
            return nil
        }
    }
}
