import Domain

/// A JSON Web Token in compact form [RFC 7519, RFC 7515 §7.1], taken apart and not believed yet.
struct SignedToken {
    /// Algorithms that are taken; `none` and those of shared secrets never are [RFC 8725 §3.1].
    enum Algorithm: String {
        case es256 = "ES256"
        case rs256 = "RS256"
    }

    let algorithm: Algorithm
    /// `kid`: which key signed it.
    let keyID: String?
    let claims: JSONValue
    /// What is signed: header and claims as they came.
    let signed: [UInt8]
    let signature: [UInt8]

    /// nil for what is no such token: another shape, an algorithm that is not taken, an extension that would have to be understood (`crit`).
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let algorithm = header["alg"]?.string.flatMap(Algorithm.init), header["crit"] == nil,
            let signature = Base64.decode(Substring(parts[2])), !signature.isEmpty
        else { return nil }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        keyID = header["kid"]?.string
        signed = Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1])
    }

    private static func object(_ part: Substring.UTF8View) -> JSONValue? {
        guard let bytes = Base64.decode(Substring(part)) else { return nil }
        do {
            let value = try JSONParser.parse(bytes, depthMax: 16)
            return value.object == nil ? nil : value
        } catch {
            // Not JSON: no token.
            return nil
        }
    }
}
