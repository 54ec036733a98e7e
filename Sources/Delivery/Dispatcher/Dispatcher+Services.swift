package import Domain
import FanOut
import Logging
import Providers
import Store
import Telemetry

/// Lanes of push services that addresses name: made when they are needed, moved to the ordinary client when the service has no HTTP/2,
/// closed when no device needs them or another service needs their place (``ServiceSlots``).
extension Dispatcher {
    /// Between two looks at what is needed.
    private static let tendMilliseconds: Int64 = 60_000

    /// The lane of a push service, made when it is the first time. nil: its provider is not configured, the service is not allowed (any
    /// more), or there are too many.
    package func openLane(of service: LaneKey) async throws -> LaneID? {
        if let lane = lane(of: service) { return lane.id }
        guard let definition = try services?.definition(of: service) else { return nil }
        noteStandings()
        switch slots.place(for: service, now: time.monotonic()) {
        case .free: break
        case .insteadOf(let other):
            slots.yielded(other, now: time.monotonic())
            if let lane = lane(of: other) { close(lane) }
        case .none:
            refused(service)
            return nil
        }
        // Before it is there: others ask while the store is.
        slots.opened(service, now: time.monotonic())
        do { try await add(definition) } catch {
            slots.forget(service)
            throw error
        }
        return lane(of: service)?.id
    }

    private func lane(of service: LaneKey) -> Lane? { lanes.values.first { $0.definition.key == service } }

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

    /// The lanes of push services that this store has known and that are needed; at start, so that what waits goes on without a new event.
    package func openKnownServices() async throws {
        for stored in try reader.lanes() {
            guard let service = stored.service, try isNeeded(service, lane: stored.id) else { continue }
            if try await openLane(of: service) == nil { slots.wait(service) }
        }
    }

    // MARK: - Tending

    /// Once a minute: lanes that nobody needs are closed, and services for which something waits get the places that are free.
    func tendServices() async {
        let now = time.monotonic()
        noteStandings()
        guard now >= servicesTendedAgain || !strays.isEmpty else { return }
        servicesTendedAgain = now + Self.tendMilliseconds
        do {
            try forgetUnneeded()
            try await openWaiting()
        } catch {
            // Nothing is lost: the next look finds the same.
            logger.warning("lanes of push services are not tended", metadata: ["error": "\(error)"])
        }
    }

    private func forgetUnneeded() throws {
        for service in slots.services {
            guard let lane = lane(of: service), lane.feed.mail.loaded == 0, lane.feed.mail.condition.inFlight == 0,
                !plan.isReading(lane.id), try !isNeeded(service, lane: lane.id)
            else { continue }
            slots.forget(service)
            close(lane)
            logger.notice("no device needs this push service any more", metadata: ["lane": "\(lane.definition.name)"])
        }
    }

    private func openWaiting() async throws {
        if !strays.isEmpty {
            for stored in try reader.lanes() where strays.contains(stored.id) { stored.service.map { slots.wait($0) } }
            strays = []
        }
        guard !slots.waiting.isEmpty else { return }
        let known = Dictionary(try reader.lanes().map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
        for service in slots.waiting.sorted(by: { $0.serviceName < $1.serviceName }) {
            guard let id = known[service.serviceName], try isNeeded(service, lane: id) else {
                slots.gaveUp(service)
                continue
            }
            guard slots.place(for: service, now: time.monotonic()) != .none else { continue }
            if try await openLane(of: service) == nil { slots.gaveUp(service) }
        }
    }

    private func isNeeded(_ service: LaneKey, lane: LaneID) throws -> Bool {
        if try reader.hasOpenPage(on: lane) { return true }
        return try loader.registry.hasDevice(of: service.provider, at: service.app)
    }

    private func noteStandings() {
        for service in slots.services {
            guard let condition = lane(of: service)?.feed.mail.condition else { continue }
            slots.note(service, condition.hasConnected ? .proven : condition.isRefused ? .failed : .trying)
        }
    }

    /// What waits stays on the disk; a lane that is opened again reads it.
    private func close(_ lane: Lane) {
        lanes[lane.id] = nil
        engine.remove(lane.engineLane)
        lane.ordinary?.stop()
        for (_, reply) in lane.feed.mail.take()?.orders ?? [] { reply?([]) }
        plan.remove(lane.id)
        dropHost(of: lane.definition.engine)
        publishTable()
    }

    // MARK: - Without HTTP/2

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

extension StoredLane {
    /// The push service that addresses name; nil: a lane of the configuration.
    fileprivate var service: LaneKey? {
        guard let provider, provider.isServiceNamedByAddress else { return nil }
        return LaneKey(provider: provider, environment: nil, app: String(name.dropFirst(provider.name.utf8.count + 1)))
    }
}
