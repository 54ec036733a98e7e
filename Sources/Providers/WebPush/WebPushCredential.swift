import Cryptography
package import Domain

/// The gateway's own key towards push services (VAPID [RFC 8292]). Every subscription is bound to the public key it was
/// made with: another key ends them all.
package struct WebPushCredential: Sendable {
    /// Apple and Google refuse tokens of more than 24 hours; half of it leaves room for a clock that is wrong.
    static let lifetime = Duration.seconds(12 * 3600)

    /// Who answers for the messages: `mailto:` or `https:`.
    package let subject: String
    /// The uncompressed point in base64url: `applicationServerKey` of the browsers, and `k` of the header.
    package let publicKey: String
    private let key: P256.SigningKey

    /// - Parameters:
    ///   - pem: PKCS#8 PEM, P-256.
    ///   - subject: an address at which the push service finds a person; see ``VAPIDSubject``.
    /// - Throws: ``WebPushCredentialError``, the first mistake found.
    package init(pem: String, subject: String) throws(WebPushCredentialError) {
        guard VAPIDSubject.isReachable(subject) else { throw .malformedSubject }
        do {
            try PrivateKeyError.checkLabel(of: pem)
        } catch {
            throw .key(error)
        }
        do {
            key = try P256.SigningKey(pem: pem)
        } catch {
            // The library's error adds nothing that the operator could use.
            throw .key(.unusable(needed: "an elliptic-curve key on P-256"))
        }
        self.subject = subject
        publicKey = Base64.encodeURL(key.publicKey)
    }

    /// A new token for one push service, some 40 µs of signing. When to call is decided by ``VAPIDTokens``: services
    /// keep the token's verification, and Apple asks for no more than one an hour.
    ///
    /// - Parameters:
    ///   - origin: ``PushEndpoint/origin`` of the endpoints it is for.
    ///   - now: the wall clock.
    /// - Returns: a token of 12 hours.
    /// - Throws: `signatureFailed` only.
    package func mint(origin: String, at now: Instant) throws(WebPushCredentialError) -> VAPIDToken {
        let expiresAt = now + Self.lifetime
        var header = JSONObject()
        header["typ"] = "JWT"
        header["alg"] = "ES256"
        var claims = JSONObject()
        claims["aud"] = .string(origin)
        claims["exp"] = .number(expiresAt.seconds)
        claims["sub"] = .string(subject)
        let token = try JSONWebToken.signed(header: header, claims: claims) { (input) throws(WebPushCredentialError) in
            do {
                return try key.signature(of: input)
            } catch {
                throw .signatureFailed
            }
        }
        return VAPIDToken(
            origin: origin,
            authorization: "vapid t=\(token), k=\(publicKey)",
            issuedAt: now,
            renewAt: now + Self.lifetime / 2,
            expiresAt: expiresAt
        )
    }
}

package enum WebPushCredentialError: Error, Hashable, Sendable {
    case malformedSubject
    case key(PrivateKeyError)
    /// The crypto library gave no signature; never seen with a key that could be read.
    case signatureFailed

    package var sentence: String {
        switch self {
        case .malformedSubject:
            "the subject is not mailto:<address> or an https URL, with a host that is public (Apple refuses others)"
        case .key(let problem): "of the key file: \(problem.sentence)"
        case .signatureFailed: "the key gives no signature"
        }
    }
}
