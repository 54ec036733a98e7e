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
        var routes: [(device: DeviceID, lane: LaneID, ending: Reason?)] = []
        /// Devices whose row cannot be read; they are routes to nowhere.
        var unreadable: [UnreadableRowError] = []
        /// Push services whose lane has to be opened first; then the person is resolved again.
        var unopened: Set<LaneKey> = []
        /// Why there is no delivery; nil when there is one.
        var withheld: Reason?
        /// Until when quiet hours hold them up; nil: they ring now.
        var wait: QuietWait?

        /// His or her deliveries as they begin: one to nowhere when nothing is sent.
        ///
        /// `hasExpired`: the event's time to live is over: every delivery ends `expired` at once.
        func deliveries(hasExpired: Bool) -> [(device: DeviceID, lane: LaneID, result: SlotResult)] {
            if let withheld { return [(DeviceID(rawValue: 0), .nowhere, SlotResult(.withheld, reason: withheld))] }
            return routes.map { route in
                let result: SlotResult =
                    hasExpired
                    ? SlotResult(.expired, reason: .expired)
                    : route.ending.map { SlotResult(.rejected, reason: $0) }
                        ?? (wait == nil ? .pending : SlotResult(.deferred, reason: .quietHours))
                return (route.device, route.lane, result)
            }
        }
    }

    private let personal: PersonalLook

    init(
        registry: RegistryReader,
        lanes: LaneTable,
        activeByDefault: Bool,
        seenSince: Instant,
        rules: DeliveryRules = .none
    ) {
        self.registry = registry
        self.lanes = lanes
        self.activeByDefault = activeByDefault
        self.seenSince = seenSince
        personal = PersonalLook(rules, registry: registry)
    }

    /// `schools`: UAI codes the publisher is bound to; nil: all.
    /// `person`: of an expansion that goes on, the last one whose pages exist.
    func audience(
        of publication: Publication,
        acceptedAt: Instant,
        schools: Set<String>?,
        above person: PersonID? = nil
    ) throws -> AudienceReading {
        let moment = publication.time ?? acceptedAt
        return try registry.audienceReading(
            of: publication.audience,
            in: publication.school,
            on: { SchoolTime.day(of: moment, uai: $0) },
            author: publication.authorID,
            schools: schools,
            above: person
        )
    }

    /// Why nobody at all is rung for this publication; nil when they are.
    func withheldForAll(_ publication: Publication) throws -> Reason? {
        guard publication.wantsPush else { return .noPush }
        guard let uai = publication.school, let school = try registry.school(uai: uai) else { return nil }
        return school.isActive ?? activeByDefault ? nil : .notActivated
    }

    /// Each of these persons with what rings them, in their order; one read for all of them.
    ///
    /// `now`: when they would be rung.
    func routes(
        of persons: some Collection<Audience.Person>,
        in publication: Publication,
        withheldForAll: Reason?,
        now: Instant
    ) throws -> [Resolved] {
        func isRung(_ person: Audience.Person) -> Bool {
            withheldForAll == nil && person.withheld == nil && person.role != .author
                && person.person.unknownIndex == nil
        }
        let rung = persons.filter(isRung)
        let verdicts = try personal.verdicts(on: rung.map(\.entry), of: publication, now: now)
        let routes = try registry.routes(of: rung.map(\.person), seenSince: seenSince)
        var last = LastLane()
        return persons.map { person in
            var resolved = Resolved(person: person, withheld: withheldForAll ?? person.withheld)
            guard isRung(person) else { return resolved }
            switch verdicts[person.person] {
            case .withheld(let reason):
                resolved.withheld = reason
                return resolved
            case .waits(let wait): resolved.wait = wait
            case nil: break
            }
            routes.forEach(of: person.person) { add($0, to: &resolved, &last) }
            if resolved.routes.isEmpty { resolved.withheld = .noDevice }
            return resolved
        }
    }

    /// The lane found last: the devices of an audience have few of them, and a name is compared in less time than it is hashed.
    private struct LastLane {
        private var route: (provider: ProviderID, environment: PushEnvironment, app: String)?
        private var lane: LaneID?

        mutating func lane(of route: DeviceRoute, in table: LaneTable) -> LaneID? {
            if let known = self.route, known.provider == route.provider, known.environment == route.environment,
                known.app == route.app
            {
                return lane
            }
            self.route = (route.provider, route.environment, route.app)
            lane = table.lane(provider: route.provider, environment: route.environment, app: route.app)
            return lane
        }
    }

    private func add(_ route: RowResult<DeviceRoute>, to resolved: inout Resolved, _ last: inout LastLane) {
        switch route {
        case .success(let route):
            guard let lane = lane(of: route, &resolved.unopened, &last) else { return }
            resolved.routes.append((route.id, lane, route.state == .suspect ? .tokenSuspect : nil))
        case .failure(let row):
            resolved.unreadable.append(row)
            resolved.routes.append((DeviceID(rawValue: row.id), .nowhere, .addressUnreadable))
        }
    }

    private func lane(of route: DeviceRoute, _ unopened: inout Set<LaneKey>, _ last: inout LastLane) -> LaneID? {
        guard let authority = route.host else { return last.lane(of: route, in: lanes) }
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

extension Audience.Person {
    var entry: ConcernedPersons.Entry { .init(person: person, role: role, through: through) }
}
