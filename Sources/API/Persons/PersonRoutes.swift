import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The demands of persons, as a publisher with the right `persons` brings them, and what a parent may see of his or her own.
struct PersonRoutes {
    private static let bodyBytesMax = 16 * 1024

    private let services: APIServices
    private let orders: PersonOrders
    private let registrar: DeviceRegistrar
    private let requests: RateLimiter

    init(services: APIServices) {
        self.services = services
        orders = PersonOrders(services: services.admin)
        registrar = DeviceRegistrar(services: services)
        requests = RateLimiter(
            "persons",
            perMinute: services.limits.requestsPerMinute,
            burst: services.limits.requestsBurst
        )
    }

    var routes: [Route] {
        [
            Route(.get, "/v1/persons/{user}") { call in
                try await proven(call) { publisher, person in
                    try await orders.export(person, actor: "publisher " + publisher.name, why: "")
                }
            },
            Route(.delete, "/v1/persons/{user}") { call in
                try await proven(call) { publisher, person in
                    try await orders.erase(person, actor: "publisher " + publisher.name, why: "")
                }
            },
            Route(.post, "/v1/persons/{user}/restrict") { call in
                try call.checkIsNotEncoded()
                return try await proven(call) { try await restrict(call, $0, $1) }
            },
            Route(.get, "/v1/me") { call in
                try await registrar.answer(call, .other) { try await me($0) }
            },
        ]
    }

    /// A key and no signature: that covers the body only, and here the path says who is meant.
    private func proven(
        _ call: Call,
        _ answer: (Publisher, StoredPerson) async throws -> Response
    ) async throws -> Response {
        let publisher = try services.publishers.keyHolder(header: call.header, now: services.time.now())
        call.context.sender.isProven(publisher.name)
        return try await requests.limited(publisher.name, now: services.time.monotonic()) {
            guard publisher.rights.contains(.persons) else {
                throw Problem(.missingRight, "This publisher has not the right persons.")
            }
            return try await answer(publisher, try await orders.person(call, schools: publisher.schools))
        }
    }

    private func restrict(_ call: Call, _ publisher: Publisher, _ person: StoredPerson) async throws -> Response {
        let order: OrderBody<RestrictionOrderView> = try OrderReader.body(
            try await OrderReader.json(call, services.admin, bytesMax: Self.bodyBytesMax, mayBeEmpty: true),
            call,
            actor: \.actor,
            why: \.why,
            needsWhy: false
        )
        return try await orders.restrict(
            person,
            order.view.isRestricted ?? true,
            actor: "publisher " + publisher.name,
            why: order.why
        )
    }

    private func me(_ account: Account) async throws -> Response {
        let person = try await services.registryReader.read { reader in
            // By the account alone: a key of a feed that looks the same is somebody else.
            try reader.persons(named: account.userID).first { $0.entID?.hasSameBytes(as: account.userID) ?? false }
        }
        guard let person else { throw Problem(.unknownPerson, "Nothing is known of this account.") }
        return try await orders.record(of: person)
    }
}
