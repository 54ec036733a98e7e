package import Domain
import FanOut
import Logging
import Store

/// Lanes of push services: made when they are needed, moved to the ordinary client when the service has no HTTP/2.
extension Dispatcher {
    /// The lane of a push service, made when it is the first time. nil: Web Push is not configured, the service is not allowed (any
    /// more), or there are too many.
    package func openLane(authority: String) async throws -> LaneID? {
        let name = WebPushSetup.namePrefix + authority
        if let lane = lanes.values.first(where: { $0.definition.name == name }) { return lane.id }
        guard let webPush, lanes.values.count(where: \.isWebPush) < webPush.lanesMax,
            let definition = webPush.definition(authority: authority)
        else { return nil }
        try await add(definition)
        return lanes.values.first { $0.definition.name == name }?.id
    }

    /// The lanes of push services that this store has known; at start, so that what waits goes on without a new event.
    package func openKnownWebPushLanes() async throws {
        for lane in try reader.lanes() where lane.name.hasPrefix(WebPushSetup.namePrefix) {
            _ = try await openLane(authority: String(lane.name.dropFirst(WebPushSetup.namePrefix.count)))
        }
    }

    func useOrdinaryClient(_ lane: Lane, _ group: inout DiscardingTaskGroup) {
        guard let webPush, lane.ordinary == nil else { return }
        // The engine has never had a connection of this lane, so nothing is in flight, and the feed no longer answers it.
        engine.remove(lane.engineLane)
        lane.feed.leaveEngine()
        let sender = OrdinarySender(
            feed: lane.feed,
            client: webPush.client,
            // With a proxy it is the proxy that connects.
            isAddressAllowed: webPush.engine(lane.endpoint).ordinaryPolicy,
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

extension Dispatcher.Lane {
    var isWebPush: Bool { definition.key.provider == .webpush }

    fileprivate var endpoint: PushEndpoint {
        guard case .webpush(_, let endpoint) = definition.credential else {
            preconditionFailure("Only lanes of push services have an endpoint")
        }
        return endpoint
    }
}

extension LaneConfiguration {
    /// The address policy in the ordinary client's terms; nil: any address.
    fileprivate var ordinaryPolicy: (@Sendable ([UInt8]) -> Bool)? {
        guard proxy == nil, case .check(let passes) = addressPolicy else { return nil }
        return { bytes in passes(ResolvedAddress(family: bytes.count == 4 ? .ipv4 : .ipv6, bytes: bytes)) }
    }
}
