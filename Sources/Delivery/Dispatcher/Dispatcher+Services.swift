package import Domain
import FanOut
import Logging
import Providers
import Store
import Telemetry

/// Lanes of push services that addresses name: made when they are needed, moved to the ordinary client when the service has no HTTP/2.
extension Dispatcher {
    /// The lane of a push service, made when it is the first time. nil: its provider is not configured, the service is not allowed (any
    /// more), or there are too many.
    package func openLane(of service: LaneKey) async throws -> LaneID? {
        if let lane = lanes.values.first(where: { $0.definition.key == service }) { return lane.id }
        guard let definition = try services?.definition(of: service) else { return nil }
        guard lanes.values.count(where: { $0.definition.key.provider == service.provider }) < ServiceLanes.lanesMax
        else {
            refused(service)
            return nil
        }
        try await add(definition)
        return lanes.values.first { $0.definition.key == service }?.id
    }

    /// Counted each time, said once a minute: whoever invents services fills no log.
    private func refused(_ service: LaneKey) {
        metrics.lanesRefused.with(service.provider.name).add()
        let now = time.monotonic()
        guard now >= refusalSaidAgain else { return }
        refusalSaidAgain = now + 60_000
        logger.error(
            "a push service gets no lane, its devices are not rung: too many others have one",
            metadata: ["service": "\(service.serviceName)", "most": "\(ServiceLanes.lanesMax)"]
        )
    }

    /// The lanes of push services that this store has known; at start, so that what waits goes on without a new event.
    package func openKnownServices() async throws {
        for lane in try reader.lanes() {
            guard let provider = lane.provider, provider.isServiceNamedByAddress else { continue }
            let authority = String(lane.name.dropFirst(provider.name.utf8.count + 1))
            _ = try await openLane(of: LaneKey(provider: provider, environment: nil, app: authority))
        }
    }

    func useOrdinaryClient(_ lane: Lane, _ group: inout DiscardingTaskGroup) {
        guard let client = services?.client, lane.ordinary == nil else { return }
        // The engine has never had a connection of this lane, so nothing is in flight, and the feed no longer answers it.
        engine.remove(lane.engineLane)
        lane.feed.leaveEngine()
        let sender = OrdinarySender(
            feed: lane.feed,
            client: client,
            // With a proxy it is the proxy that connects.
            isAddressAllowed: lane.definition.engine.ordinaryPolicy,
            time: time
        )
        lanes[lane.id]?.ordinary = sender
        logger.notice(
            "push service has no HTTP/2, the ordinary client serves it",
            metadata: ["lane": "\(lane.definition.name)"]
        )
        group.addTask { await sender.run() }
        sender.wake()
    }
}
