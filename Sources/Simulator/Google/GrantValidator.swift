import CryptoExtras
import Foundation

/// Judges a JWT bearer grant (RFC 7523) as Google's token endpoint does: request in, account or refusal out.
package struct GrantValidator: Sendable {
    package static let scope = "https://www.googleapis.com/auth/firebase.messaging"
    package static let lifetimeSecondsMax: Int64 = 3600

    package enum Grant: Sendable {
        case accessToken(ServiceAccount)
        /// An unknown scope is not an error for Google: 200 with an `id_token` and no `access_token`.
        case idTokenOnly
    }

    package var accounts: [ServiceAccount]

    package init(accounts: [ServiceAccount]) {
        self.accounts = accounts
    }

    /// - Parameters:
    ///   - request: As received.
    ///   - audience: What `aud` must be: the token URI as the service account file names it.
    ///   - now: Seconds since 1970.
    /// - Returns: What is granted.
    /// - Throws: The first refusal in the order form, account, signature, audience, times, scope.
    package func validate(_ request: ReceivedRequest, audience: String, now: Int64) throws(GrantRefusal) -> Grant {
        guard request.method == "POST" else { throw GrantRefusal(status: 405, "invalid_request", "Method not allowed") }
        let form = Self.form(request.body)
        guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" else {
            throw GrantRefusal("unsupported_grant_type", "Invalid grant_type: \(form["grant_type"] ?? "")")
        }
        guard let assertion = form["assertion"], let token = JSONWebToken(compact: assertion) else {
            throw GrantRefusal("invalid_request", "Could not decode JWT.")
        }
        let account = try account(signing: token)
        guard token.claims["aud"]?.string == audience else {
            throw GrantRefusal("invalid_grant", "Failed audience check.")
        }
        try Self.checkTimes(token.claims, now: now)
        guard let scope = token.claims["scope"]?.string, !scope.isEmpty else {
            throw GrantRefusal("invalid_scope", "Empty or missing scope not allowed.")
        }
        let granting = [Self.scope, "https://www.googleapis.com/auth/cloud-platform"]
        guard scope.split(separator: " ").contains(where: { granting.contains(String($0)) }) else {
            return .idTokenOnly
        }
        return .accessToken(account)
    }

    private func account(signing token: JSONWebToken) throws(GrantRefusal) -> ServiceAccount {
        guard let account = accounts.first(where: { token.claims["iss"]?.string == $0.clientEmail }) else {
            throw GrantRefusal("invalid_grant", "Invalid grant: account not found")
        }
        let isKeyNamed = token.header["kid"]?.string == account.privateKeyID
        let signature = _RSA.Signing.RSASignature(rawRepresentation: token.signature)
        guard token.header["alg"] == "RS256", isKeyNamed,
            account.key.isValidSignature(signature, for: token.signedBytes, padding: .insecurePKCS1v1_5)
        else { throw GrantRefusal("invalid_grant", "Invalid JWT Signature.") }
        return account
    }

    private static func checkTimes(_ claims: JSON, now: Int64) throws(GrantRefusal) {
        // Five minutes of drift either way.
        let drift: Int64 = 300
        guard let issued = claims["iat"]?.integer, let expires = claims["exp"]?.integer,
            expires > issued, expires - issued <= lifetimeSecondsMax, issued <= now + drift, expires >= now - drift
        else {
            throw GrantRefusal(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                    + "Check your iat and exp values in the JWT claim."
            )
        }
    }

    /// `application/x-www-form-urlencoded`; the last value of a name wins.
    static func form(_ body: [UInt8]) -> [String: String] {
        let text = String(decoding: body, as: UTF8.self).replacingOccurrences(of: "+", with: " ")
        let pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }

    /// A malformed text stands for itself: the value is then wrong in itself.
    private static func decoded(_ text: Substring) -> String { text.removingPercentEncoding ?? String(text) }
}
