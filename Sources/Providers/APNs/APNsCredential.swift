import Cryptography
package import Domain

/// Apple's signing key of a team (`.p8`), which makes provider tokens.
package struct APNsCredential: Sendable {
    package let keyID: String
    package let teamID: String
    private let key: P256.SigningKey

    /// - Parameters:
    ///   - pem: the `.p8` file: PKCS#8 PEM, P-256.
    ///   - keyID: the key's identifier, ten characters at Apple.
    ///   - teamID: the team's, likewise.
    /// - Throws: ``APNsCredentialError``, the first mistake found.
    package init(pem: String, keyID: String, teamID: String) throws(APNsCredentialError) {
        guard Self.isIdentifier(keyID) else { throw .malformedKeyID }
        guard Self.isIdentifier(teamID) else { throw .malformedTeamID }
        do {
            try PrivateKeyError.checkLabel(of: pem)
        } catch {
            throw .key(error)
        }
        do {
            key = try P256.SigningKey(pem: pem)
        } catch {
            // The library's error adds nothing that the operator could use.
            throw .key(.unusable(needed: "an elliptic-curve key on P-256 (Apple's .p8)"))
        }
        self.keyID = keyID
        self.teamID = teamID
    }

    /// A new token, some 40 µs of signing. When to call is decided by ``ProviderTokenSchedule`` alone: Apple refuses new
    /// tokens that come faster than every 20 minutes.
    package func mint(at now: Instant) throws(APNsCredentialError) -> ProviderToken {
        var header = JSONObject()
        header["alg"] = "ES256"
        header["kid"] = .string(keyID)
        var claims = JSONObject()
        claims["iss"] = .string(teamID)
        // A number: Apple refuses a string.
        claims["iat"] = .number(now.seconds)
        let value = try JSONWebToken.signed(header: header, claims: claims) { (input) throws(APNsCredentialError) in
            do {
                return try key.signature(of: input)
            } catch {
                throw .signatureFailed
            }
        }
        return ProviderToken(keyID: keyID, value: value, issuedAtSeconds: now.seconds)
    }

    /// Apple's are ten letters and digits; only what would be dangerous in a header is refused.
    private static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
}

package enum APNsCredentialError: Error, Hashable, Sendable {
    case malformedKeyID
    case malformedTeamID
    case key(PrivateKeyError)
    /// The crypto library gave no signature; never seen with a key that could be read.
    case signatureFailed

    package var sentence: String {
        switch self {
        case .malformedKeyID: "the key ID is not letters and digits (Apple's are ten characters)"
        case .malformedTeamID: "the team ID is not letters and digits (Apple's are ten characters)"
        case .key(let problem): "of the key file: \(problem.sentence)"
        case .signatureFailed: "the key gives no signature"
        }
    }
}
