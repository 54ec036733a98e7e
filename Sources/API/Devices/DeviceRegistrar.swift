import Contract
import Delivery
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The part of a registration that both interfaces share: account, allowance, lane and commit.
struct DeviceRegistrar: Sendable {
    let services: APIServices
    private let registrations: RateLimiter
    private let requests: RateLimiter

    init(services: APIServices) {
        self.services = services
        let limits = services.limits
        registrations = RateLimiter(
            "registrations",
            perMinute: limits.registrationsPerMinute,
            burst: limits.registrationsBurst
        )
        requests = RateLimiter("requests", perMinute: limits.requestsPerMinute, burst: limits.requestsBurst)
    }

    enum Kind {
        /// Registrations and test notifications.
        case registration
        case other
    }

    /// Answers for the account that the bearer token proves, as long as it has an allowance left.
    func answer(
        _ call: Call,
        _ kind: Kind,
        _ answer: (Account) async throws -> Response
    ) async throws -> Response {
        let account = try await services.parents.account(of: call, proxies: services.http.proxies)
        return try await (kind == .registration ? registrations : requests).limited(
            account.userID,
            now: services.time.monotonic()
        ) { try await answer(account) }
    }

    /// - Returns: what it made; on disk.
    func register(_ registration: Registration, for account: Account) async throws -> Registry.Registered {
        guard services.laneTable.value.serves(registration) else {
            throw Problem(
                .noLane,
                "No provider is configured for this provider, app and environment.",
                errors: [FieldError("/provider", "noLane", "No lane serves this provider, app and environment.")]
            )
        }
        if let error = await services.verifyTarget(registration.target) {
            throw Problem(.invalidRegistration, "The registration was understood but is wrong.", errors: [error])
        }
        return try await services.registry.register(
            registration,
            for: account,
            limits: services.limits,
            now: services.time.now()
        )
    }
}
