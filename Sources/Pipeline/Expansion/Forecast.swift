package import Contract
package import Domain
package import Store

/// Whom a publication would reach if it were accepted now: sums over the same persons and deliveries as the expansion would make.
package struct Forecast: Sendable {
    package private(set) var guardians = 0
    /// Guardians at least one of whose devices would be rung.
    package private(set) var reachable = 0
    package private(set) var notReached: [Reason: Int] = [:]
    /// Guardians who would be rung later, and when the first of them is.
    package private(set) var waiting: [Reason: Int] = [:]
    package private(set) var opensAt: Instant?
    package private(set) var otherUsers = 0
    package private(set) var otherUsersReachable = 0
    package private(set) var deliveries = EventReport.Sums()
    /// Deliveries that would be rung, by lane.
    package private(set) var lanes: [String: Int] = [:]
    private var pupils = 0
    private var pupilsWithoutGuardian = 0
    private var withReachable: Set<PersonID> = []
    private var withUnreachable: Set<PersonID> = []

    /// The pupils of an audience that was read to its end.
    mutating func count(_ audience: AudienceReading) {
        pupils = audience.pupils
        pupilsWithoutGuardian = audience.pupilsWithoutGuardian.count
    }

    /// Each person once; the author is counted nowhere.
    mutating func add(_ resolved: Resolver.Resolved, hasExpired: Bool, laneNames: [LaneID: String]) {
        let person = resolved.person
        guard person.role == .guardian || person.role == .other else { return }
        let own = resolved.deliveries(hasExpired: hasExpired)
        for delivery in own {
            deliveries.count(delivery.result)
            guard [.pending, .deferred].contains(delivery.result.state) else { continue }
            lanes[laneNames[delivery.lane] ?? "", default: 0] += 1
        }
        let standing = EventReport.Standing.of(
            own.map { ($0.lane, $0.result) },
            role: person.role,
            laneReason: { _ in nil }
        )
        let isReachable = if case .waiting = standing { true } else { false }
        if isReachable, let wait = resolved.wait { opensAt = min(opensAt ?? wait.opensAt, wait.opensAt) }
        guard person.role == .guardian else {
            otherUsers += 1
            if isReachable { otherUsersReachable += 1 }
            return
        }
        guardians += 1
        if isReachable {
            reachable += 1
            if case .waiting(let reason?) = standing { waiting[reason, default: 0] += 1 }
            withReachable.formUnion(person.through)
        } else {
            withUnreachable.formUnion(person.through)
            if case .notReached(let reason) = standing { notReached[reason, default: 0] += 1 }
        }
    }

    /// What is told of it.
    package func view(_ event: Preview) -> ForecastView {
        var view = ForecastView()
        view.isPreview = true
        view.publisher = event.publisher
        view.school = event.publication.school
        view.app = event.publication.app
        view.action = event.publication.action
        view.urgency = (event.publication.urgency ?? .normal).name
        view.at = event.at
        view.notBefore = event.publication.notBefore
        view.expiresAt = event.expiresAt
        view.dataClass = event.dataClass.name
        view.guardians.total = guardians
        view.guardians.reachable = reachable
        view.guardians.notReached = guardians - reachable
        view.pupils.total = pupils
        view.pupils.withReachableGuardian = withReachable.count
        view.pupils.withAllGuardiansReachable = withReachable.subtracting(withUnreachable).count
        view.pupils.withoutGuardian = pupilsWithoutGuardian
        view.otherUsers = otherUsers
        view.otherUsersReachable = otherUsersReachable
        view.warnings = event.warnings.map { ReceiptWarningView($0) }
        view.unresolved = event.unresolved.map(AudienceCoding.value)
        view.deliveries.total = deliveries.total
        view.deliveries.pending = deliveries.pending
        view.deliveries.deferred = deliveries.deferred
        view.deliveries.rejected = deliveries.rejected
        view.deliveries.expired = deliveries.expired
        view.deliveries.withheld = deliveries.withheld
        view.lanes = Counts(lanes)
        view.waiting = Counts(waiting)
        view.notReached = Counts(notReached)
        view.opensAt = opensAt
        return view
    }
}
