import Crypto

/// Verifies VAPID tokens (RFC 8292) and remembers those whose signature held: senders show one for hours.
struct VAPIDVerifier: Sendable {
    static let lifetimeSecondsMax: Int64 = 86_400
    static let rememberedMax = 1024

    /// What was shown.
    struct Shown {
        /// `t`, for telling tokens apart.
        var token: String
        /// `k`, 65 bytes.
        var key: [UInt8]
        var expiresAt: Int64
    }

    /// Claims of tokens by `t` and `k`.
    private var remembered: [String: JSON] = [:]

    mutating func verify(
        _ authorization: String?,
        origin: String,
        service: PushService,
        now: Int64
    ) throws(WebPushFault) -> Shown {
        guard let authorization else { throw WebPushFault(.missingAuthorization) }
        guard let (token, keyText) = Self.parameters(authorization) else {
            throw WebPushFault(.badAuthorization, "not vapid t=…, k=…")
        }
        guard let key = Base64URL.decode(keyText.utf8) else { throw WebPushFault(.badPublicKey, "not base64url") }
        let claims = try claims(token, key: key, keyText: keyText)
        guard claims["aud"]?.string == origin else {
            throw WebPushFault(.badAudience, claims["aud"]?.string ?? "absent")
        }
        guard let expiresAt = claims["exp"]?.integer else { throw WebPushFault(.badExpiry, "no whole number") }
        guard expiresAt > now, expiresAt - now <= Self.lifetimeSecondsMax else {
            throw WebPushFault(.badExpiry, "\(expiresAt - now) s from now")
        }
        try Self.check(subject: claims["sub"]?.string, service: service)
        return Shown(token: token, key: key, expiresAt: expiresAt)
    }

    private mutating func claims(_ token: String, key: [UInt8], keyText: String) throws(WebPushFault) -> JSON {
        let name = token + " " + keyText
        if let claims = remembered[name] { return claims }
        let publicKey: P256.Signing.PublicKey
        do { publicKey = try P256.Signing.PublicKey(x963Representation: key) } catch {
            throw WebPushFault(.badPublicKey, "no point of P-256")
        }
        guard let jwt = JSONWebToken(compact: token) else { throw WebPushFault(.badToken, "not a compact JWT") }
        guard jwt.header["alg"] == "ES256" else { throw WebPushFault(.badToken, "alg is not ES256") }
        let isValid: Bool
        do {
            // 64 raw bytes R‖S, not DER.
            let signature = try P256.Signing.ECDSASignature(rawRepresentation: jwt.signature)
            isValid = publicKey.isValidSignature(signature, for: jwt.signedBytes)
        } catch {
            throw WebPushFault(.badToken, "signature is not 64 bytes")
        }
        guard isValid else { throw WebPushFault(.badToken, "signature does not verify") }
        if remembered.count >= Self.rememberedMax { remembered.removeAll() }
        remembered[name] = jwt.claims
        return jwt.claims
    }

    /// > If present, … SHOULD include a contact URI … as either a "mailto:" (email) or an "https:" URI.
    ///
    /// Apple also refuses addresses nobody can write to.
    private static func check(subject: String?, service: PushService) throws(WebPushFault) {
        guard let subject else { throw WebPushFault(.badSubject, "absent") }
        let schemes = ["mailto:", "https://"]
        guard let scheme = schemes.first(where: { subject.hasPrefix($0) }), subject.utf8.count > scheme.utf8.count
        else {
            throw WebPushFault(.badSubject, subject)
        }
        guard service == .apple else { return }
        let rest = subject.dropFirst(scheme.utf8.count)
        let host =
            (scheme == "mailto:" ? rest.split(separator: "@").dropFirst().last : rest.split(separator: "/").first) ?? ""
        let isReachable = host.contains(".") && !host.hasSuffix(".invalid") && !host.hasSuffix(".localhost")
        guard isReachable else { throw WebPushFault(.badSubject, subject) }
    }

    /// `vapid t=<JWT>, k=<key>` in either order; the scheme's case does not matter.
    private static func parameters(_ authorization: String) -> (token: String, key: String)? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "vapid" else { return nil }
        var values: [Substring: Substring] = [:]
        for parameter in parts[1].split(separator: ",") {
            let trimmed = parameter.drop { $0 == " " }
            guard let equals = trimmed.firstIndex(of: "=") else { return nil }
            values[trimmed[..<equals]] = trimmed[trimmed.index(after: equals)...]
        }
        guard let token = values["t"], let key = values["k"] else { return nil }
        return (String(token), String(key))
    }
}
