package import Contract
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Providers
package import Store
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
        ] + onePocket.routes + PreferenceRoutes(services: services, registrar: registrar).routes
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
            RegisteredView(registration, registered.state)
        )
    }

    /// What a browser's `PushManager.subscribe` wants as `applicationServerKey`; public, so no account is asked for.
    private func subscriptionKey(_ call: Call) throws(Problem) -> Response {
        guard let key = services.subscriptionKey else { throw Problem(.notFound, "Web Push is not configured here.") }
        var view = SubscriptionKeyView()
        view.publicKey = key
        return .json(.ok, view)
    }

    private func parse(_ body: [UInt8], installation: String) throws -> Registration {
        let value = try JSONParser.parse(body, depthMax: services.limits.jsonDepthMax)
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
        let rows = try await services.registryReader.read { reader in
            // The name is also looked for among the feed's keys: that person is not this account.
            try reader.devices(.init(account: account.userID), after: nil, limit: limit)
                .filter { $0.ownerID == account.userID }
        }
        return .json(.ok, ItemsView(rows.map { DeviceView($0) }))
    }

    private func remove(_ call: Call, _ account: Account) async throws -> Response {
        try await services.registry.remove(installation: call.parameter("installation"), of: account)
        return Response(status: .noContent)
    }

    private func test(_ call: Call, _ account: Account) async throws -> Response {
        let live = try services.admin.running("Test notifications are not built yet.")
        guard let answer = try await live.test(account, installation: call.parameter("installation")) else {
            throw Problem(.unknownDevice, "This account has no such installation.")
        }
        return .json(.ok, answer)
    }
}

extension RegisteredView {
    init(_ registration: Registration, _ state: DeviceState) {
        self.init()
        installation = registration.installation
        provider = registration.provider.name
        environment = registration.environment.name
        app = registration.app
        self.state = state.word
    }
}

extension DeviceView {
    /// The token only by its tail.
    package init(_ row: DeviceRow) {
        self.init()
        installation = row.installation
        user = row.ownerID
        provider = row.provider.name
        tokenKind = row.tokenKind
        tokenTail = row.tokenTail
        environment = row.environment.name
        app = row.app
        platform = row.platform.isEmpty ? nil : row.platform
        locale = row.locale
        state = row.state.word
        reason = row.reason
        registeredAt = row.registeredAt
        lastSeenAt = row.lastSeenAt
    }
}
