import Crypto

/// What stands in the log for a JWT or an access token.
enum CredentialMark {
    /// The first eight bytes of its SHA-256, hexadecimal: enough to count different ones, of no use to show to a provider.
    static func of(_ credential: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = SHA256.hash(data: Array(credential.utf8)).prefix(8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
