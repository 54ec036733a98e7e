import Contract
import Domain
import HTTPTypes
import Hummingbird
import Store

/// The demands of persons, as an operator carries them out.
struct PersonOrderRoutes {
    private static let bodyBytesMax = 16 * 1024

    let services: AdminServices

    var routes: [Route] {
        let orders = PersonOrders(services: services)
        return [
            Route(.post, "/admin/persons/{user}/export") { call in
                let order = try await OrderBody.read(call, services, needsWhy: true)
                return try await orders.export(try await orders.person(call), actor: order.actor, why: order.why)
            },
            Route(.post, "/admin/persons/{user}/erase") { call in
                let order = try await OrderBody.read(call, services, needsWhy: true)
                guard order.view.isConfirmed ?? false else {
                    throw order.wrong(\.isConfirmed, "It is for good: confirm it.", code: "missing")
                }
                return try await orders.erase(try await orders.person(call), actor: order.actor, why: order.why)
            },
            Route(.post, "/admin/persons/{user}/restrict") { call in
                let order: OrderBody<RestrictionOrderView> = try OrderReader.body(
                    try await OrderReader.json(call, services, bytesMax: Self.bodyBytesMax, mayBeEmpty: false),
                    call,
                    actor: \.actor,
                    why: \.why,
                    needsWhy: true
                )
                return try await orders.restrict(
                    try await orders.person(call),
                    order.view.isRestricted ?? true,
                    actor: order.actor,
                    why: order.why
                )
            },
        ]
    }
}
