import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// Switching schools.
struct SchoolRoutes {
    let services: AdminServices

    var routes: [Route] {
        [
            Route(.post, "/admin/schools/{uai}/activate") { try await set(true, $0) },
            Route(.post, "/admin/schools/{uai}/deactivate") { try await set(false, $0) },
        ]
    }

    private func set(_ isActive: Bool, _ call: Call) async throws -> Response {
        let order = try await OrderBody.read(call, services, needsWhy: false)
        let done = try await SchoolSwitch(queue: services.queue, registry: services.registry).set(
            call.parameter("uai"),
            isActive,
            actor: order.actor,
            why: order.why,
            now: services.time.now()
        )
        guard let done else { throw Problem(.unknownSchool, "The directory does not know the school.") }
        return .json(.ok, done)
    }
}
