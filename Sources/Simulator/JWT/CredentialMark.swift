import Crypto
import Foundation

/// What stands in the log for a JWT or an access token.
enum CredentialMark {
    /// The first eight bytes of its SHA-256, hexadecimal: enough to count different ones, of no use to show to a provider.
    static func of(_ credential: String) -> String {
        SHA256.hash(data: Data(credential.utf8)).prefix(8).map { String(format: "%02x", $0) }.joined()
    }
}
