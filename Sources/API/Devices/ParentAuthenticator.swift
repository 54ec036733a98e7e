import Contract
import Crypto
package import Domain
import HTTPTypes
import Store
import Synchronization
package import WebClient

/// Whose bearer token it is, by asking the ENT (mode `userinfo`); remembered for a short time by the token's SHA-256.
package final class ParentAuthenticator: Sendable {
    private struct State {
        var known: [[UInt8]: (outcome: UserInfo.Outcome, until: Int64)] = [:]
        var asked: [[UInt8]: Task<UserInfo.Outcome, Never>] = [:]
    }

    private static let entriesMax = 10_000
    private static let negativeCacheMilliseconds: Int64 = 5000

    private let client: WebClient
    private let userinfoURL: String
    private let cacheMilliseconds: Int64
    private let limits: Limits
    private let time: TimeSource
    private let state = Mutex(State())

    /// - Parameters:
    ///   - client: sends the questions; bounds how many are under way.
    ///   - userinfoURL: `parents.userinfoURL`.
    ///   - cacheSeconds: how long a yes counts, at most 60; a no counts 5 s.
    ///   - limits: for the length of a user id, and the time of `Retry-After`.
    ///   - time: the monotonic clock of the cache.
    package init(client: WebClient, userinfoURL: String, cacheSeconds: Int = 60, limits: Limits, time: TimeSource) {
        self.client = client
        self.userinfoURL = userinfoURL
        cacheMilliseconds = Int64(min(max(cacheSeconds, 0), 60)) * 1000
        self.limits = limits
        self.time = time
    }

    /// The account, or 401, or 503 while the ENT cannot say.
    func account(of call: Call) async throws(Problem) -> Account {
        guard let field = call.header("Authorization"), let token = BearerToken.read(field) else {
            throw unauthenticated("Send the ENT's access token as bearer.", hasToken: false)
        }
        switch await outcome(token) {
        case .account(let account): return account
        case .nobody: throw unauthenticated("The ENT does not know this token.", hasToken: true)
        case .unavailable:
            var problem = Problem(.accountsUnavailable, "The ENT does not answer; nothing was stored.")
            problem.headers[.retryAfter] = "\(limits.retryAfterSeconds)"
            throw problem
        }
    }

    private func outcome(_ token: String) async -> UserInfo.Outcome {
        let key = Array(SHA256.hash(data: Array(token.utf8)))
        let now = time.monotonic()
        enum Found {
            case known(UserInfo.Outcome)
            case asked(Task<UserInfo.Outcome, Never>)
        }
        let found = state.withLock { state -> Found in
            if let known = state.known[key], now < known.until { return .known(known.outcome) }
            if let task = state.asked[key] { return .asked(task) }
            // Everybody who presents this token meanwhile waits for it; it ends with the question's own timeout.
            let task = Task { await self.ask(token, key) }
            state.asked[key] = task
            return .asked(task)
        }
        switch found {
        case .known(let outcome): return outcome
        case .asked(let task): return await task.value
        }
    }

    private func ask(_ token: String, _ key: [UInt8]) async -> UserInfo.Outcome {
        let outcome: UserInfo.Outcome
        do throws(WebClientError) {
            outcome = UserInfo.outcome(
                try await client.send(UserInfo.request(url: userinfoURL, token: token)),
                limits: limits
            )
        } catch { outcome = UserInfo.outcome(error) }
        let now = time.monotonic()
        state.withLock { state in
            state.asked[key] = nil
            switch outcome {
            case .account: remember(outcome, key, until: now + cacheMilliseconds, now: now, &state)
            case .nobody: remember(outcome, key, until: now + Self.negativeCacheMilliseconds, now: now, &state)
            case .unavailable: break
            }
        }
        return outcome
    }

    private func remember(
        _ outcome: UserInfo.Outcome,
        _ key: [UInt8],
        until: Int64,
        now: Int64,
        _ state: inout State
    ) {
        if state.known.count >= Self.entriesMax, state.known[key] == nil {
            state.known = state.known.filter { now < $0.value.until }
            // Random guesses fill the table with short entries, so the ones that end first go first.
            if state.known.count >= Self.entriesMax,
                let first = state.known.min(by: { $0.value.until < $1.value.until })
            {
                state.known[first.key] = nil
            }
        }
        state.known[key] = (outcome, until)
    }

    private func unauthenticated(_ detail: String, hasToken: Bool) -> Problem {
        var problem = Problem(.unauthenticated, detail)
        problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: hasToken)
        return problem
    }
}
