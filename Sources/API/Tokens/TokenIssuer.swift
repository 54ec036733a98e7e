package import Domain
import Synchronization
package import WebClient

/// Whose bearer token it is, by the signature of its issuer (mode `jwt`): discovery [OpenID Connect Discovery 1.0 §4], key set, claims. Nothing
/// is asked for a token whose key is known.
package final class TokenIssuer: Sendable {
    private struct State {
        var cache = IssuerKeyCache()
        var fetch: Task<Void, Never>?
    }

    private let client: WebClient
    private let rules: TokenRules
    private let keysURL: String?
    private let limits: Limits
    private let time: TimeSource
    private let state = Mutex(State())

    /// - Parameters:
    ///   - client: fetches the issuer's documents.
    ///   - rules: what a token has to claim.
    ///   - keysURL: of the key set; nil: the issuer's discovery document names it.
    ///   - limits: for the length of a user id.
    ///   - time: the wall clock for the claims, the monotonic one for the keys.
    package init(client: WebClient, rules: TokenRules, keysURL: String?, limits: Limits, time: TimeSource) {
        self.client = client
        self.rules = rules
        self.keysURL = keysURL
        self.limits = limits
        self.time = time
    }

    /// nil for a token that is not this issuer's to sign: of another shape, or of another issuer.
    func outcome(_ text: String) async -> UserInfo.Outcome? {
        guard let token = SignedToken(text), rules.isIssuer(of: token) else { return nil }
        // What has run out or is meant for others is nobody's, whatever its key: nothing is fetched for it.
        guard let account = rules.account(token.claims, now: time.now(), limits: limits) else { return .nobody }
        for hasFetched in [false, true] {
            let now = time.monotonic()
            switch state.withLock({ $0.cache.answer(token, hasFetched: hasFetched, now: now) }) {
            case .key(let key, let isOld):
                if isOld { _ = fetching() }
                return key.isSignature(of: token) ? .account(account) : .nobody
            case .unknown: return .nobody
            case .unavailable: return .unavailable
            case .fetch: await fetching().value
            }
        }
        return .unavailable
    }

    /// One at a time: everybody who wants the keys waits for the same.
    private func fetching() -> Task<Void, Never> {
        state.withLock { state in
            if let task = state.fetch { return task }
            state.cache.isAsking(now: time.monotonic())
            let task = Task {
                let keys = await self.keys()
                let now = self.time.monotonic()
                self.state.withLock { state in
                    state.fetch = nil
                    if let keys { state.cache.came(keys, now: now) }
                }
            }
            state.fetch = task
            return task
        }
    }

    private func keys() async -> IssuerKeySet? {
        var url = keysURL
        if url == nil, let discovered = await document(Self.discovery(of: rules.issuer)) {
            // A document of somebody else names somebody else's keys [§4.3].
            guard discovered["issuer"]?.string == rules.issuer else { return nil }
            url = discovered["jwks_uri"]?.string
        }
        guard let url, let document = await document(url), let keys = IssuerKeySet(document), !keys.isEmpty else {
            return nil
        }
        return keys
    }

    package static func discovery(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    private func document(_ url: String) async -> JSONValue? {
        // As the issuer itself: keys that come in clear from elsewhere prove nothing.
        guard url.hasPrefix("https://") || rules.issuer.hasPrefix("http://") || keysURL == url else { return nil }
        do {
            let request = WebRequest(url: url, headers: [WebHeader("Accept", "application/json")], timeout: .seconds(5))
            let response = try await client.send(request)
            guard response.status == 200 else { return nil }
            return try JSONParser.parse(response.body, depthMax: 16)
        } catch {
            // Unreachable, or no JSON: the keys there are go on counting, and the next token asks again.
            return nil
        }
    }
}
