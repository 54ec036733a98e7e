import Delivery
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The part of a registration that both interfaces share: allowance, lane and commit.
struct DeviceRegistrar: Sendable {
    let services: APIServices
    let limiter: RateLimiter

    /// Takes one of the account's allowances.
    ///
    /// - Returns: the `RateLimit` headers of the answer.
    /// - Throws: 429 when none is left.
    func allowance(of account: Account) throws(Problem) -> HTTPFields {
        let verdict = limiter.take(account.userID, now: services.time.monotonic())
        let headers: HTTPFields = [
            HeaderName.rateLimitPolicy: limiter.policy,
            HeaderName.rateLimit: "\"registrations\";r=\(verdict.remaining);t=\(verdict.seconds)",
        ]
        if verdict.isAllowed { return headers }
        var problem = Problem(.rateLimited, "This account registers too often.")
        problem.headers = headers
        problem.headers[.retryAfter] = "\(verdict.seconds)"
        throw problem
    }

    /// - Returns: what it made; on disk.
    func register(_ registration: Registration, for account: Account) async throws(Problem) -> Registry.Registered {
        guard services.lanes().serves(registration) else {
            throw Problem(
                .noLane,
                "No provider is configured for this provider, app and environment.",
                errors: [FieldError("/provider", "noLane", "No lane serves this provider, app and environment.")]
            )
        }
        if let error = await services.verifyTarget(registration.target) {
            throw Problem(.invalidRegistration, "The registration was understood but is wrong.", errors: [error])
        }
        do throws(StoreError) {
            return try await services.registry.register(
                registration,
                for: account,
                limits: services.limits,
                now: services.time.now()
            )
        } catch { throw Problem(error, limits: services.limits) }
    }
}
