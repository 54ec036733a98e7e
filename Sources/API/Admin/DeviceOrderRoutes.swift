import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// An operator's orders about one device.
struct DeviceOrderRoutes {
    let services: APIServices

    var routes: [Route] {
        [
            Route(.post, "/admin/devices/{installation}/test") { try await test($0) },
            Route(.post, "/admin/devices/{installation}/revoke") { try await revoke($0) },
        ]
    }

    private func test(_ call: Call) async throws -> Response {
        guard let sendTest = services.hooks.sendTest else { throw Problem(.notBuilt, "Nothing here rings devices.") }
        let installation = call.parameter("installation")
        do {
            let device = try await services.registryReader.read { try $0.device(installation: installation) }
            guard let device else { throw Problem(.unknownDevice, "There is no such installation.") }
            let account = Account(userID: device.ownerID, externalKey: nil)
            guard let word = try await sendTest(account, installation) else {
                throw Problem(.noLane, "No provider is configured for this device.")
            }
            return .json(
                .ok,
                [
                    "installation": .string(installation), "outcome": .string(word.outcome),
                    "reason": word.reason.map { .string($0) } ?? .null,
                ]
            )
        } catch let error as StoreError { throw Problem(error, limits: services.limits) }
    }

    /// The device rings no more until it registers anew. The registry changes first: a log that tells of a change that was not made
    /// would be worse than one that is asked to be made again.
    private func revoke(_ call: Call) async throws -> Response {
        let installation = call.parameter("installation")
        let order = try await OrderBody.read(call, services, needsWhy: true)
        do {
            let now = services.time.now()
            guard let changed = try await services.registry.revoke(installation, now: now) else {
                throw Problem(.unknownDevice, "There is no such installation.")
            }
            let operation = try await services.queue.keep(
                InstantOrder(
                    actor: order.actor,
                    verb: "device.revoke",
                    filter: "device=\(installation)",
                    why: order.why,
                    changed: changed ? 1 : 0
                ),
                now: now
            )
            return .json(
                .ok,
                ["installation": .string(installation), "state": "disabled", "operation": .string("O-\(operation)")]
            )
        } catch let error as StoreError { throw Problem(error, limits: services.limits) }
    }
}
