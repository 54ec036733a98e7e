package import Domain

/// The tokens in use, one for each push service. No clock and no lock in here: a lane of one service, or one owner of
/// all, keeps it on its thread.
package struct VAPIDTokens: Sendable {
    /// Services of browsers are four; UnifiedPush may bring a host for each parent who runs one. Beyond it the oldest
    /// token goes.
    static let originsMax = 256
    /// A token issued later than this after `now` comes from before a step of the clock, and may end too late for the
    /// service.
    static let futureMax = Duration.seconds(60)

    private let credential: WebPushCredential
    private var tokens: [String: VAPIDToken] = [:]

    package init(credential: WebPushCredential) {
        self.credential = credential
    }

    /// The token to send to a service with; makes one when there is none or half of its life has passed.
    ///
    /// - Parameters:
    ///   - origin: ``PushEndpoint/origin``.
    ///   - now: the wall clock, which the service compares with.
    /// - Returns: a token with at least six hours to go.
    /// - Throws: `signatureFailed` only; nothing has changed then.
    package mutating func token(for origin: String, at now: Instant) throws(WebPushCredentialError) -> VAPIDToken {
        if let token = tokens[origin], now < token.renewAt, token.issuedAt - now <= Self.futureMax { return token }
        let token = try credential.mint(origin: origin, at: now)
        if tokens.count >= Self.originsMax, tokens[origin] == nil { makeRoom() }
        tokens[origin] = token
        return token
    }

    private mutating func makeRoom() {
        guard let oldest = tokens.values.min(by: { $0.issuedAt < $1.issuedAt }) else { return }
        tokens[oldest.origin] = nil
    }
}
