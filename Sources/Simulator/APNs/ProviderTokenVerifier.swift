import Crypto

/// Verifies provider tokens (JWT, ES256) and remembers those whose signature held.
struct ProviderTokenVerifier: Sendable {
    /// > APNs rejects a token whose issue time is older than one hour. [APNs: Establishing a token-based connection]
    static let ageSecondsMax: Int64 = 3600
    /// A sender shows one token per half hour; more than this is a test or an attack, and the memory starts afresh.
    static let rememberedMax = 256

    private struct Verified {
        var account: APNsAccount
        var issuedAt: Int64
    }

    private let accounts: [APNsAccount]
    private var remembered: [String: Verified] = [:]

    init(accounts: [APNsAccount]) {
        self.accounts = accounts
    }

    mutating func verify(_ compact: String?, now: Int64) throws(APNsRefusal) -> APNsAccount {
        guard let compact else { throw APNsRefusal("MissingProviderToken") }
        let verified: Verified
        if let known = remembered[compact] {
            verified = known
        } else {
            verified = try verifySignature(compact)
            if remembered.count >= Self.rememberedMax { remembered.removeAll() }
            remembered[compact] = verified
        }
        let age = now - verified.issuedAt
        // A minute ahead is a clock's drift; more is as wrong as too old, and Apple has one reason for both.
        guard (-60...Self.ageSecondsMax).contains(age) else {
            throw APNsRefusal("ExpiredProviderToken", detail: "age \(age) s")
        }
        return verified.account
    }

    private func verifySignature(_ compact: String) throws(APNsRefusal) -> Verified {
        guard let token = JSONWebToken(compact: compact) else { throw invalid("not a compact JWT") }
        guard token.header["alg"] == "ES256" else { throw invalid("alg is not ES256") }
        guard let account = accounts.first(where: { token.header["kid"]?.string == $0.keyID }) else {
            throw invalid("unknown kid")
        }
        guard let issuer = token.claims["iss"]?.string, issuer == account.teamID else {
            let isOther = accounts.contains { token.claims["iss"]?.string == $0.teamID }
            throw isOther
                ? APNsRefusal("UnrelatedKeyIdInToken", detail: "another team's key") : invalid("iss is not the team")
        }
        guard let issuedAt = token.claims["iat"]?.integer else { throw invalid("iat is not a whole number") }
        let isValid: Bool
        do {
            // 64 raw bytes R‖S (RFC 7518 §3.4), not DER.
            let signature = try P256.Signing.ECDSASignature(rawRepresentation: token.signature)
            isValid = account.key.isValidSignature(signature, for: token.signedBytes)
        } catch {
            throw invalid("signature is not 64 bytes")
        }
        guard isValid else { throw invalid("signature does not verify") }
        return Verified(account: account, issuedAt: issuedAt)
    }

    private func invalid(_ detail: String) -> APNsRefusal { APNsRefusal("InvalidProviderToken", detail: detail) }
}
