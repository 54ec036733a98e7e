import Delivery
import Domain
import Store

/// Finds whom an event concerns and how they can be rung, as the directory, the wishes and the devices stand at this moment.
struct Resolver {
    private let registry: RegistryReader
    private let lanes: LaneTable
    private let activeByDefault: Bool
    /// Devices that have not registered since are not rung.
    private let seenSince: Instant

    /// One person of an event with the deliveries he or she gets.
    struct Resolved {
        var person: Audience.Person
        var routes: [(device: DeviceID, lane: LaneID, isSuspect: Bool)]
        /// Push services whose lane has to be opened first; then the person is resolved again.
        var unopened: Set<LaneKey> = []
        /// Why there is no delivery; nil when there is one.
        var withheld: Reason?

        /// His or her deliveries as they begin: one to nowhere when nothing is sent.
        ///
        /// `hasExpired`: the event's time to live is over: every delivery ends `expired` at once.
        func deliveries(hasExpired: Bool) -> [(device: DeviceID, lane: LaneID, result: SlotResult)] {
            if let withheld { return [(DeviceID(rawValue: 0), .nowhere, SlotResult(.withheld, reason: withheld))] }
            return routes.map { route in
                let result: SlotResult =
                    hasExpired
                    ? SlotResult(.expired, reason: .expired)
                    : route.isSuspect ? SlotResult(.rejected, reason: .tokenSuspect) : .pending
                return (route.device, route.lane, result)
            }
        }
    }

    init(registry: RegistryReader, lanes: LaneTable, activeByDefault: Bool, seenSince: Instant) {
        self.registry = registry
        self.lanes = lanes
        self.activeByDefault = activeByDefault
        self.seenSince = seenSince
    }

    /// `schools`: UAI codes the publisher is bound to; nil: all.
    func audience(of publication: Publication, acceptedAt: Instant, schools: Set<String>?) throws -> Audience {
        let moment = publication.time ?? acceptedAt
        return try registry.audience(
            of: publication.audience,
            on: { SchoolTime.day(of: moment, uai: $0) },
            author: publication.authorID,
            schools: schools
        )
    }

    /// Why nobody at all is rung for this publication; nil when they are.
    func withheldForAll(_ publication: Publication) throws -> Reason? {
        guard publication.wantsPush else { return .noPush }
        guard let uai = publication.school, let school = try registry.school(uai: uai) else { return nil }
        return school.isActive ?? activeByDefault ? nil : .notActivated
    }

    func routes(of person: Audience.Person, withheldForAll: Reason?) throws -> Resolved {
        var resolved = Resolved(person: person, routes: [], withheld: withheldForAll ?? person.withheld)
        guard resolved.withheld == nil, person.role != .author, person.person.unknownIndex == nil else {
            return resolved
        }
        for route in try registry.routes(of: person.person, seenSince: seenSince) {
            guard let lane = lane(of: route, &resolved.unopened) else { continue }
            resolved.routes.append((route.id, lane, route.state == .suspect))
        }
        if resolved.routes.isEmpty { resolved.withheld = .noDevice }
        return resolved
    }

    private func lane(of route: DeviceRoute, _ unopened: inout Set<LaneKey>) -> LaneID? {
        guard let authority = route.host else {
            return lanes.lane(provider: route.provider, environment: route.environment, app: route.app)
        }
        let service = LaneKey(provider: route.provider, environment: nil, app: authority)
        switch lanes.lane(ofService: service) {
        case .lane(let lane): return lane
        case .closed: return nil
        case .unknown:
            unopened.insert(service)
            return nil
        }
    }
}
