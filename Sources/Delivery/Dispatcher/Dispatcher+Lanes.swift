package import Domain
import FanOut
import Logging
package import Providers
package import Store

/// Lanes as the operator and a reload see them.
extension Dispatcher {
    /// Puts a reloaded credential into use: the lane keeps its deliveries and its place, connections are replaced as they finish. A lane
    /// that is new in the configuration is added.
    ///
    /// - Returns: what changes with a restart only; empty when all of the definition is in use.
    package func reload(_ definition: LaneDefinition) async throws -> [String] {
        guard let lane = lanes.values.first(where: { $0.definition.name == definition.name }) else {
            try await add(definition)
            return []
        }
        lanes[lane.id]?.definition = definition
        // What is loaded keeps the form it was rendered in; what is loaded from now on has the new one.
        let wire = try wire(of: definition)
        lanes[lane.id]?.wire = wire
        lane.feed.mail.order(.use(wire, definition.bounds))
        wake(lane)
        engine.retireConnections(of: lane.engineLane)
        return definition.waitingForRestart(from: lane.definition)
    }

    func wire(of definition: LaneDefinition) throws -> any Wire {
        let name = "providerToken." + definition.name
        return definition.provider.wire(
            CredentialStorage(stored: try reader.meta(name)) { [queue] in queue.remember(name, $0) }
        )
    }

    package func statuses() -> [LaneStatus] {
        for id in lanes.keys { look(at: id) }
        let now = time.now()
        let monotonic = time.monotonic()
        return lanes.values.sorted { $0.definition.name < $1.definition.name }.map { lane in
            let status = lane.feed.mail.condition
            let snapshot = engine.snapshot(of: lane.engineLane)
            return LaneStatus(
                id: lane.id,
                name: lane.definition.name,
                provider: lane.definition.key.provider,
                state: status.state,
                reason: status.reason,
                until: status.isSendingAllowed
                    ? status.wakeAt.map { now + .milliseconds(max(0, $0 - monotonic)) } : lane.pausedUntil,
                window: min(status.window, snapshot?.streamsWindow ?? 0),
                inFlight: status.inFlight,
                connections: snapshot?.connectionsReady ?? 0,
                lastError: status.lastError ?? snapshot?.lastError,
                // The lane itself learns of a freeze from before a restart with its next delivery only.
                isFrozen: frozen[lane.definition.name] != nil,
                since: lane.since.at
            )
        }
    }

    /// An operator's order; on the disk and in force when this returns.
    ///
    /// `until`: when the lane resumes by itself; also over a restart.
    package func pause(
        _ lane: LaneID,
        actor: String,
        why: String,
        until: Instant? = nil,
        draining: Bool = false
    ) async throws(StoreError) {
        try await queue.setMode(
            draining ? .draining : .paused,
            of: lane,
            actor: actor,
            why: why,
            until: until,
            now: time.now()
        )
        lanes[lane]?.pausedUntil = until
        if let lane = lanes[lane] { try await obeyed(.pause(why, draining: draining), by: lane) }
    }

    /// Ends a pause as well as an open breaker, and probes at once.
    package func resume(_ lane: LaneID, actor: String, why: String) async throws(StoreError) {
        try await queue.setMode(.active, of: lane, actor: actor, why: why, now: time.now())
        lanes[lane]?.pausedUntil = nil
        if let lane = lanes[lane] { try await obeyed(.resume, by: lane) }
    }

    /// Pauses whose time is over.
    func endPauses() async {
        let now = time.now()
        for (id, lane) in lanes where lane.pausedUntil.map({ $0 <= now }) ?? false {
            do { try await resume(id, actor: "carillon", why: "the pause was ordered until now") } catch {
                // The order stays: the next tick tries again.
                logger.warning(
                    "a pause cannot end",
                    metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"]
                )
            }
        }
    }
}
