package import Contract
package import Domain
import HTTPTypes
import Hummingbird
import Pipeline
package import Store

/// An operator's orders about one device.
struct DeviceOrderRoutes {
    let services: AdminServices

    var routes: [Route] {
        [
            Route(.post, "/admin/devices/{installation}/test") { try await test($0) },
            Route(.post, "/admin/devices/{installation}/revoke") { try await revoke($0) },
        ]
    }

    private static let unknown = Problem(.unknownDevice, "There is no such installation.")

    private func test(_ call: Call) async throws -> Response {
        let live = try services.running("Nothing here rings devices.")
        let installation = call.parameter("installation")
        let device = try await services.registryReader.read { try $0.device(installation: installation) }
        guard let device else { throw Self.unknown }
        let account = Account(userID: device.ownerID, externalKey: nil)
        guard let answer = try await live.test(account, installation: installation) else {
            throw Problem(.noLane, "No provider is configured for this device.")
        }
        var view = answer
        view.installation = installation
        return .json(.ok, view)
    }

    /// The device rings no more until it registers anew. The registry changes first: a log that tells of a change that was not made
    /// would be worse than one that is asked to be made again.
    private func revoke(_ call: Call) async throws -> Response {
        let installation = call.parameter("installation")
        let order = try await OrderBody.read(call, services, needsWhy: true)
        let now = services.time.now()
        guard let changed = try await services.registry.revoke(installation, now: now) else { throw Self.unknown }
        let operation = try await services.queue.keep(
            InstantOperation(
                actor: order.actor,
                verb: "device.revoke",
                filter: "device=\(installation)",
                why: order.why,
                changed: changed ? 1 : 0
            ),
            now: now
        )
        var view = RevokedView()
        view.installation = installation
        view.state = DeviceState.disabled.word
        view.operation = OperationName.text(operation)
        return .json(.ok, view)
    }
}

extension TestOutcomeView {
    /// Of a device that is not rung until it registers anew; nil of one that is.
    package init?(silent device: DeviceRow) {
        let none: Reason
        switch device.state {
        case .active, .unproven: return nil
        case .suspect: none = .tokenSuspect
        case .disabled: none = .tokenGone
        }
        self.init(rejected: device.reason ?? none.word)
    }

    /// Nothing was sent.
    package init(rejected reason: String) {
        self.init()
        (outcome, self.reason) = ("rejected", reason)
    }

    /// The provider's answer to a test.
    package init(_ classification: Classification) {
        self.init()
        switch classification.verdict {
        case .accepted: outcome = "accepted"
        case .tokenDead, .tokenSuspect, .payloadRefused: (outcome, reason) = ("rejected", classification.reason)
        case .credentialFault, .platformFault, .resend, .laneBusy, .deferred, .ambiguous:
            (outcome, reason) = ("deferred", classification.reason)
        }
    }
}
