import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Providers
import Store
import Telemetry

/// A parent's devices; always those of the account the bearer token proves.
struct DeviceRoutes {
    /// A registration is small: a token of 4096 bytes, or an endpoint and two keys.
    private static let bodyBytesMax = 32 * 1024

    private let services: APIServices
    private let registrar: DeviceRegistrar
    /// Of one address, for what needs no account.
    private let requests: RateLimiter
    private let leftOut: Family<Counter>

    init(services: APIServices) {
        self.services = services
        registrar = DeviceRegistrar(services: services)
        leftOut = services.metrics.counter(
            "registration_hints_left_out_total",
            help: "Values of registrations that only choose wording or hours, and could not be read.",
            labels: ["member"]
        )
        requests = RateLimiter(
            "requests",
            perMinute: services.limits.requestsPerMinute,
            burst: services.limits.requestsBurst
        )
    }

    var routes: [Route] {
        let onePocket = OnePocketRoutes(services: services, registrar: registrar)
        return [
            Route(.put, "/v1/devices/{installation}") { call in
                try await registrar.answer(call, .registration) { try await register(call, $0) }
            },
            Route(.get, "/v1/devices") { call in try await registrar.answer(call, .other) { try await list($0) } },
            Route(.delete, "/v1/devices/{installation}") { call in
                try await registrar.answer(call, .other) { try await remove(call, $0) }
            },
            Route(.post, "/v1/devices/{installation}/test") { call in
                try await registrar.answer(call, .registration) { try await test(call, $0) }
            },
            Route(.get, "/v1/webpush/key") { call in
                try await requests.limited(
                    call.clientAddress(services.http.proxies),
                    now: services.time.monotonic()
                ) { try subscriptionKey(call) }
            },
        ] + onePocket.routes
    }

    private func register(_ call: Call, _ account: Account) async throws -> Response {
        if let field = call.header("Content-Type") {
            guard let type = ContentType(field), type.isJSON, type.isUTF8 else {
                throw Problem(.unsupportedContentType, "A registration is application/json in UTF-8.")
            }
        }
        try call.checkIsNotEncoded()
        let body = try await BodyReader(bytesMax: Self.bodyBytesMax, timeout: services.bodyTimeout)
            .bytes(of: call.request)
        let registration = try parse(body, installation: call.parameter("installation"))
        let registered = try await registrar.register(registration, for: account)
        for hint in registration.leftOut { leftOut.with(hint.rawValue).add() }
        return .json(
            registered.isNew ? .created : .ok,
            [
                "installation": .string(registration.installation), "provider": .string(registration.provider.name),
                "environment": .string(registration.environment.name), "app": .string(registration.app),
                "state": .string(registered.state.word),
            ]
        )
    }

    /// What a browser's `PushManager.subscribe` wants as `applicationServerKey`; public, so no account is asked for.
    private func subscriptionKey(_ call: Call) throws(Problem) -> Response {
        guard let key = services.subscriptionKey else { throw Problem(.notFound, "Web Push is not configured here.") }
        return .json(.ok, ["publicKey": .string(key)])
    }

    private func parse(_ body: [UInt8], installation: String) throws(Problem) -> Registration {
        let value: JSONValue
        do { value = try JSONParser.parse(body, depthMax: services.limits.jsonDepthMax) } catch {
            throw Problem(.json(error))
        }
        do throws(RegistrationError) {
            return try Registration.parse(
                value,
                installation: installation,
                limits: services.limits,
                forms: services.targetForms,
                isKnownZone: ZoneDatabase.knows
            )
        } catch {
            throw Problem(.invalidRegistration, "The registration was understood but is wrong.", errors: error.errors)
        }
    }

    private func list(_ account: Account) async throws -> Response {
        let limit = services.limits.devicesPerAccount
        do throws(StoreError) {
            let rows = try await services.registryReader.read { reader in
                // The name is also looked for among the feed's keys: that person is not this account.
                try reader.devices(.init(user: account.userID), after: nil, limit: limit)
                    .filter { $0.ownerID == account.userID }
            }
            return .json(.ok, ["items": .array(rows.map(\.json))])
        } catch { throw Problem(error, limits: services.limits) }
    }

    private func remove(_ call: Call, _ account: Account) async throws -> Response {
        do throws(StoreError) {
            try await services.registry.remove(installation: call.parameter("installation"), of: account)
        } catch { throw Problem(error, limits: services.limits) }
        return Response(status: .noContent)
    }

    private func test(_ call: Call, _ account: Account) async throws -> Response {
        guard let send = services.hooks.sendTest else {
            throw Problem(.notBuilt, "Test notifications are not built yet.")
        }
        let answer: APIServices.TestOutcome?
        do throws(StoreError) { answer = try await send(account, call.parameter("installation")) } catch {
            throw Problem(error, limits: services.limits)
        }
        guard let answer else { throw Problem(.unknownDevice, "This account has no such installation.") }
        return .json(
            .ok,
            ["outcome": .string(answer.outcome), "reason": answer.reason.map { .string($0) } ?? .null]
        )
    }
}

extension DeviceRow {
    /// The members of the contract; the token only by its tail.
    var json: JSONValue {
        [
            "installation": .string(installation), "user": .string(ownerID), "provider": .string(provider.name),
            "tokenKind": .string(tokenKind), "tokenTail": .string(tokenTail),
            "environment": .string(environment.name), "app": .string(app),
            "platform": platform.isEmpty ? .null : .string(platform), "locale": locale.map { .string($0) } ?? .null,
            "state": .string(state.word), "reason": reason.map { .string($0) } ?? .null,
            "registeredAt": .string(registeredAt.rfc3339), "lastSeenAt": .string(lastSeenAt.rfc3339),
        ]
    }
}
