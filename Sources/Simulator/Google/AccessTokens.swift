/// The access tokens given out and not yet expired.
struct AccessTokens: Sendable {
    /// Beyond this the oldest token is forgotten: a sender needs one an hour.
    static let rememberedMax = 10_000

    private struct Granted {
        var project: String
        var expiresAt: Int64
    }

    private var granted: [String: Granted] = [:]
    private var order: [String] = []

    /// A new token, good until `expiresAt` (seconds since 1970).
    mutating func grant(project: String, expiresAt: Int64) -> String {
        if order.count >= Self.rememberedMax { granted[order.removeFirst()] = nil }
        let token = "ya29." + RandomIdentifier.hexadecimal(characters: 40)
        granted[token] = Granted(project: project, expiresAt: expiresAt)
        order.append(token)
        return token
    }

    /// The project a token was granted for; nil when it is unknown or expired.
    func project(of token: String, now: Int64) -> String? {
        guard let known = granted[token], now < known.expiresAt else { return nil }
        return known.project
    }

    /// Every token is refused from now on, as after a key was revoked.
    mutating func revokeAll() {
        granted.removeAll()
        order.removeAll()
    }
}
