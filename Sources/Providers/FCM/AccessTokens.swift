package import Domain
import Synchronization

/// The access token of one service account: cached, renewed some minutes before its end, by one request at a time however
/// many ask.
package final class AccessTokens: Sendable {
    /// A new token is asked for this long before the end, or in the last quarter of a shorter life.
    static let renewAhead = Duration.seconds(300)
    /// After a failure the endpoint is left alone this long, or as long as it asks.
    static let pauseAfterFailure = Duration.seconds(10)

    /// How a wish for a fresh token ended.
    package enum Refresh: Hashable, Sendable {
        /// The token at hand is good; nobody was asked.
        case current(AccessToken)
        case renewed(AccessToken)
        /// No new token, but the old one is still valid: a warning.
        case kept(AccessToken, AccessTokenError)
        /// No valid token: the lane cannot send.
        case failed(AccessTokenError)
    }

    private struct State {
        var token: AccessToken?
        var running: Task<Refresh, Never>?
        var failure: AccessTokenError?
        /// Of the last failure; nil after a success.
        var pausedUntil: Instant?

        func validToken(at now: Instant) -> AccessToken? {
            guard let token, now < token.expiresAt else { return nil }
            return token
        }

        mutating func succeed(_ grant: TokenEndpointAnswer.Grant, at now: Instant) -> AccessToken {
            let ahead = min(AccessTokens.renewAhead, grant.lifetime / 4)
            let renewed = AccessToken(
                value: grant.value,
                expiresAt: now + grant.lifetime,
                renewAt: now + (grant.lifetime - ahead),
                generation: UsedCredential.next().number
            )
            token = renewed
            (running, failure, pausedUntil) = (nil, nil, nil)
            return renewed
        }

        mutating func fail(_ failure: AccessTokenError, at now: Instant) -> Refresh {
            running = nil
            self.failure = failure
            pausedUntil = now + max(failure.retryAfter ?? .zero, AccessTokens.pauseAfterFailure)
            return validToken(at: now).map { .kept($0, failure) } ?? .failed(failure)
        }
    }

    private let credential: FCMCredential
    private let exchange: TokenExchange
    private let state = Mutex(State())

    package init(credential: FCMCredential, exchange: @escaping TokenExchange) {
        self.credential = credential
        self.exchange = exchange
    }

    /// The token to send with now; nil when there is none or it has ended. Never waits: for the engine's thread.
    package func current(at now: Instant) -> AccessToken? {
        state.withLock { $0.validToken(at: now) }
    }

    /// Renews the token when it is missing or near its end. To be called before the first sending and then every minute or
    /// so; returns at once while nothing is due, or while the endpoint is left alone after a failure.
    package func refresh(at now: Instant) async -> Refresh {
        await join(at: now, rejected: nil).outcome
    }

    /// After a 401: asks for a new token, unless the rejected one was replaced in the meantime. The rejected token is not
    /// given out again.
    ///
    /// By its ``AccessToken/generation``.
    package func replace(rejected generation: Int, at now: Instant) async -> Refresh {
        await join(at: now, rejected: generation).outcome
    }

    private enum Step {
        case done(Refresh)
        case wait(Task<Refresh, Never>)

        var outcome: Refresh {
            get async {
                switch self {
                case .done(let refresh): refresh
                case .wait(let task): await task.value
                }
            }
        }
    }

    private func join(at now: Instant, rejected: Int?) -> Step {
        state.withLock { state in
            if let rejected, state.token?.generation == rejected { state.token = nil }
            if let running = state.running { return .wait(running) }
            let valid = state.validToken(at: now)
            if let valid, now < valid.renewAt { return .done(.current(valid)) }
            if let failure = state.failure, let until = state.pausedUntil, now < until {
                return .done(valid.map { .kept($0, failure) } ?? .failed(failure))
            }
            // Not a child of any caller: whoever asked first may be cancelled while others wait for the same answer. All
            // of them wait for it, and the exchange's deadline ends it.
            let task = Task { await self.renew(at: now) }
            state.running = task
            return .wait(task)
        }
    }

    private func renew(at now: Instant) async -> Refresh {
        do {
            let answer = try await ask(at: now)
            let grant = try answer.grant(now: now)
            return .renewed(state.withLock { $0.succeed(grant, at: now) })
        } catch {
            return state.withLock { $0.fail(error, at: now) }
        }
    }

    private func ask(at now: Instant) async throws(AccessTokenError) -> TokenEndpointAnswer {
        let form: [UInt8]
        do {
            form = try credential.tokenRequestForm(at: now)
        } catch {
            throw .refused(reason: "signatureFailed", detail: "")
        }
        do {
            return try await exchange(credential.tokenURI, form)
        } catch {
            // Every way of getting no answer ends alike; the exchange knows and counts the cause.
            throw .unreachable(status: 0, retryAfter: nil)
        }
    }
}

extension AccessTokenError {
    fileprivate var retryAfter: Duration? {
        guard case .unreachable(_, let retryAfter) = self else { return nil }
        return retryAfter
    }
}
