import Contract
import Cryptography
package import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Synchronization
package import WebClient

/// Whose bearer token it is: by the signature of its issuer (mode `jwt`), or by asking the ENT (mode `userinfo`), remembered for a short time by
/// the token's SHA-256. With both, a token of the issuer is never shown to the ENT.
package final class ParentAuthenticator: Sendable {
    private struct State {
        var memory: BearerMemory
        var asked: [[UInt8]: Task<UserInfo.Outcome, Never>] = [:]
    }

    private let client: WebClient
    private let newcomers: WebClient
    private let userinfoURL: String?
    private let issuer: TokenIssuer?
    private let limits: Limits
    private let time: TimeSource
    private let refused: RateLimiter
    private let state: Mutex<State>

    /// - Parameters:
    ///   - client: asks about tokens that were somebody's before; bounds how many are under way.
    ///   - newcomers: asks about all others; nil: the same. With one of their own, invented tokens fill up only their share.
    ///   - userinfoURL: `parents.userinfoURL`; nil: the ENT is not asked.
    ///   - issuer: signs tokens; nil: nobody does.
    ///   - cacheSeconds: how long a yes counts, at most 60; a no counts 5 s.
    ///   - limits: for the length of a user id, the time of `Retry-After`, and what an address may ask.
    ///   - time: the monotonic clock of the cache.
    package init(
        client: WebClient,
        newcomers: WebClient? = nil,
        userinfoURL: String?,
        issuer: TokenIssuer? = nil,
        cacheSeconds: Int = 60,
        limits: Limits,
        time: TimeSource
    ) {
        self.client = client
        self.newcomers = newcomers ?? client
        self.userinfoURL = userinfoURL
        self.issuer = issuer
        self.limits = limits
        self.time = time
        refused = RateLimiter("tokens", perMinute: limits.refusedTokensPerMinute, burst: limits.refusedTokensBurst)
        state = Mutex(
            State(
                memory: BearerMemory(
                    positiveMilliseconds: Int64(min(max(cacheSeconds, 0), 60)) * 1000,
                    newPerAddressMax: limits.newTokensPerAddress
                )
            )
        )
    }

    /// The account, or 401, or 429 for an address that invents tokens, or 503 while the ENT cannot say.
    func account(of call: Call, proxies: TrustedProxies) async throws(Problem) -> Account {
        guard let field = call.header("Authorization"), let token = BearerToken.read(field) else {
            throw unauthenticated("Send the ENT's access token as bearer.", hasToken: false)
        }
        let address = call.clientAddress(proxies)
        switch await outcome(token, address) {
        case .account(let account): return account
        case .nobody: throw unauthenticated("The ENT does not know this token.", hasToken: true)
        case .unavailable:
            var problem = Problem(.accountsUnavailable, "The ENT does not answer; nothing was stored.")
            problem.headers[.retryAfter] = "\(limits.retryAfterSeconds)"
            throw problem
        case nil:
            var problem = Problem(.rateLimited, "Too many unknown tokens came from this address.")
            problem.headers[.retryAfter] = "\(limits.retryAfterSeconds)"
            throw problem
        }
    }

    /// nil when the address may not ask.
    private func outcome(_ token: String, _ address: String) async -> UserInfo.Outcome? {
        let key = SHA256.hash(token)
        let now = time.monotonic()
        enum Found {
            case known(UserInfo.Outcome)
            case asked(Task<UserInfo.Outcome, Never>)
            case tooMany
        }
        let isRefused = !refused.hasAllowance(address, now: now)
        if let issuer {
            if isRefused { return nil }
            if let outcome = await issuer.outcome(token) {
                if outcome == .nobody { _ = refused.take(address, now: now) }
                return outcome
            }
        }
        guard let userinfoURL else { return issuer == nil ? .unavailable : .nobody }
        let found = state.withLock { state -> Found in
            if let task = state.asked[key] { return .asked(task) }
            switch state.memory.look(key, address: address, isRefused: isRefused, now: now) {
            case .known(let outcome): return .known(outcome)
            case .tooMany: return .tooMany
            case .ask(let isNew):
                // Everybody who presents this token meanwhile waits for it; it ends with the question's own timeout.
                let task = Task { await self.ask(userinfoURL, token, key, isNew: isNew, address) }
                state.asked[key] = task
                return .asked(task)
            }
        }
        switch found {
        case .known(let outcome): return outcome
        case .asked(let task): return await task.value
        case .tooMany: return nil
        }
    }

    private func ask(
        _ userinfoURL: String,
        _ token: String,
        _ key: [UInt8],
        isNew: Bool,
        _ address: String
    ) async -> UserInfo.Outcome {
        let outcome: UserInfo.Outcome
        do throws(WebClientError) {
            let request = UserInfo.request(url: userinfoURL, token: token)
            outcome = UserInfo.outcome(try await (isNew ? newcomers : client).send(request), limits: limits)
        } catch { outcome = UserInfo.outcome(error) }
        let now = time.monotonic()
        if isNew, case .nobody = outcome { _ = refused.take(address, now: now) }
        state.withLock { state in
            state.asked[key] = nil
            state.memory.answered(key, outcome, isNew: isNew, address: address, now: now)
        }
        return outcome
    }

    private func unauthenticated(_ detail: String, hasToken: Bool) -> Problem {
        var problem = Problem(.unauthenticated, detail)
        problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: hasToken)
        return problem
    }
}

extension Call {
    /// Whose request it is, as one party's share is counted; empty without a network in between.
    func clientAddress(_ proxies: TrustedProxies) -> String {
        guard let peer = context.channel?.remoteAddress?.ipAddress else { return "" }
        return TrustedProxies.key(proxies.client(peer: peer, forwardedFor: request.headers[HeaderName.forwardedFor]))
    }
}
