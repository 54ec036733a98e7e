import Domain
import Store

/// What a token of an issuer has to claim to stand for a parent [RFC 7519 §4.1, RFC 8725 §3].
package struct TokenRules: Sendable {
    /// `iss`, compared byte by byte.
    package var issuer: String
    /// `aud` names this one, alone or among others.
    package var audience: String
    /// How far the issuer's clock may be from ours, seconds.
    package var skewSeconds: Int

    package init(issuer: String, audience: String, skewSeconds: Int) {
        self.issuer = issuer
        self.audience = audience
        self.skewSeconds = skewSeconds
    }

    /// Whether it is a token to be checked here, not one that only the ENT understands.
    func isIssuer(of token: SignedToken) -> Bool {
        token.claims["iss"]?.string.map { ExactText($0) } == ExactText(issuer)
    }

    /// Whose token it is; nil when it does not count, whoever signed it.
    func account(_ claims: JSONValue, now: Instant, limits: Limits) -> Account? {
        guard hasAudience(claims["aud"]), let end = seconds(claims["exp"]) else { return nil }
        let now = now.milliseconds / 1000
        let skew = Int64(skewSeconds)
        guard now < end + skew else { return nil }
        if claims["nbf"] != nil {
            guard let start = seconds(claims["nbf"]), start <= now + skew else { return nil }
        }
        return UserInfo.account(claims, limits: limits)
    }

    private func hasAudience(_ value: JSONValue?) -> Bool {
        let wanted = ExactText(audience)
        if let one = value?.string { return ExactText(one) == wanted }
        return value?.array?.contains { $0.string.map { ExactText($0) } == wanted } ?? false
    }

    /// NumericDate: seconds since 1970, maybe with a fraction.
    private func seconds(_ value: JSONValue?) -> Int64? {
        guard let number = value?.double, number.isFinite, abs(number) < 1e15 else { return nil }
        return Int64(number)
    }
}
