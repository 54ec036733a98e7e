import Contract
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
    func register(_ registration: Registration, for account: Account) async throws -> Registry.Registered {
        guard hasLane(registration) else {
            throw Problem(
                .noLane,
                "No provider is configured for this provider, app and environment.",
                errors: [FieldError("/provider", "noLane", "No lane serves this provider, app and environment.")]
            )
        }
        return try await services.registry.register(
            registration,
            for: account,
            limits: services.limits,
            now: services.time.now()
        )
    }

    private func hasLane(_ registration: Registration) -> Bool {
        if registration.provider == .webpush { return services.isWebPushEnabled }
        return services.laneTable.value.lane(
            provider: registration.provider,
            environment: registration.environment,
            app: registration.app
        ) != nil
    }
}
