/// `Authorization: Bearer` [RFC 6750 §2.1].
enum BearerToken {
    /// A bound before anything is hashed or sent on.
    static let bytesMax = 4096

    /// The token; nil for another scheme or a text that is no token68.
    static func read(_ field: String) -> String? {
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= bytesMax,
            parts[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x2C && $0 != 0x5C })
        else { return nil }
        return String(parts[1])
    }

    /// `WWW-Authenticate` [RFC 6750 §3]: no error word when nothing was presented.
    static func challenge(hasToken: Bool) -> String {
        hasToken ? #"Bearer realm="carillon", error="invalid_token""# : #"Bearer realm="carillon""#
    }
}
