package import Domain

/// A signed provider token [Apple: establishing a token-based connection to APNs]. A secret for an hour: it is stored
/// like one, and printing it shows no more than its age.
package struct ProviderToken: Hashable, Sendable, Codable {
    /// The key's identifier; a stored token of another key is of no use.
    package var keyID: String
    /// The JWT, without `bearer`.
    package var value: String
    /// `iat`, whole seconds since 1970.
    package var issuedAtSeconds: Int64

    package init(keyID: String, value: String, issuedAtSeconds: Int64) {
        self.keyID = keyID
        self.value = value
        self.issuedAtSeconds = issuedAtSeconds
    }

    package var issuedAt: Instant { Instant(seconds: issuedAtSeconds) }
}

extension ProviderToken: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "ProviderToken(keyID: \(keyID), issuedAtSeconds: \(issuedAtSeconds))" }
    package var debugDescription: String { description }
}
