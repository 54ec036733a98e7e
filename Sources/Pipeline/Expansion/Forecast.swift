package import Domain
package import Store

/// Whom a publication would reach if it were accepted now: sums over the same persons and deliveries as the expansion would make.
package struct Forecast: Sendable {
    package private(set) var guardians = 0
    /// Guardians at least one of whose devices would be rung.
    package private(set) var reachable = 0
    package private(set) var notReached: [Reason: Int] = [:]
    package private(set) var otherUsers = 0
    package private(set) var otherUsersReachable = 0
    package private(set) var deliveries = EventReport.Sums()
    /// Deliveries that would be rung, by lane.
    package private(set) var lanes: [String: Int] = [:]
    private let pupils: Int
    private let pupilsWithoutGuardian: Int
    private var withReachable: Set<PersonID> = []
    private var withUnreachable: Set<PersonID> = []

    init(_ audience: Audience) {
        pupils = audience.pupils.count
        pupilsWithoutGuardian = audience.pupilsWithoutGuardian.count
    }

    /// Each person once; the author is counted nowhere.
    mutating func add(_ resolved: Resolver.Resolved, hasExpired: Bool, laneNames: [LaneID: String]) {
        let person = resolved.person
        guard person.role == .guardian || person.role == .other else { return }
        let own = resolved.deliveries(hasExpired: hasExpired)
        for delivery in own {
            deliveries.count(delivery.result)
            guard delivery.result.state == .pending else { continue }
            lanes[laneNames[delivery.lane] ?? "", default: 0] += 1
        }
        let standing = EventReport.Standing.of(
            own.map { ($0.lane, $0.result) },
            role: person.role,
            laneReason: { _ in nil }
        )
        let isReachable = if case .waiting = standing { true } else { false }
        guard person.role == .guardian else {
            otherUsers += 1
            if isReachable { otherUsersReachable += 1 }
            return
        }
        guardians += 1
        if isReachable {
            reachable += 1
            withReachable.formUnion(person.through)
        } else {
            withUnreachable.formUnion(person.through)
            if case .notReached(let reason) = standing { notReached[reason, default: 0] += 1 }
        }
    }

    /// The object of the API; its numbers bear the names they have in the event's own object where they are the same.
    package func json(_ event: Preview) -> JSONObject {
        func time(_ instant: Instant?) -> JSONValue { instant.map { .string($0.rfc3339) } ?? .null }
        var object = JSONObject()
        object["preview"] = true
        object["publisher"] = event.publisher.map { .string($0) } ?? .null
        object["school"] = event.publication.school.map { .string($0) } ?? .null
        object["app"] = .string(event.publication.app)
        object["action"] = .string(event.publication.action)
        object["urgency"] = .string(event.publication.urgency.name)
        object["at"] = time(event.at)
        object["notBefore"] = time(event.publication.notBefore)
        object["expiresAt"] = time(event.expiresAt)
        object["dataclassification"] = .string(event.dataClass.name)
        object["guardians"] = [
            "total": .number(guardians), "reachable": .number(reachable), "notReached": .number(guardians - reachable),
        ]
        object["pupils"] = [
            "total": .number(pupils), "withReachableGuardian": .number(withReachable.count),
            "withAllGuardiansReachable": .number(withReachable.subtracting(withUnreachable).count),
            "withoutGuardian": .number(pupilsWithoutGuardian),
        ]
        object["otherUsers"] = .number(otherUsers)
        object["otherUsersReachable"] = .number(otherUsersReachable)
        object["unresolved"] = .array(event.unresolved.map(AudienceCoding.value))
        object["deliveries"] = [
            "total": .number(deliveries.total), "pending": .number(deliveries.pending),
            "rejected": .number(deliveries.rejected), "expired": .number(deliveries.expired),
            "withheld": .number(deliveries.withheld),
        ]
        var byLane = JSONObject()
        for (name, count) in lanes.sorted(by: { $0.key < $1.key }) { byLane[name] = .number(count) }
        object["lanes"] = .object(byLane)
        var reasons = JSONObject()
        for reason in Reason.allCases { if let count = notReached[reason] { reasons[reason.word] = .number(count) } }
        object["notReached"] = .object(reasons)
        return object
    }
}

/// A publication that passed everything a real one has to pass, and is not stored.
package struct Preview: Sendable {
    /// nil: nobody's rights are looked at (the operator asks).
    package var publisher: String?
    package var publication: Publication
    package var dataClass: DataClass
    package var at: Instant
    package var expiresAt: Instant
    package var unresolved: [AudienceMember]

    package init(
        publisher: String?,
        publication: Publication,
        dataClass: DataClass,
        at: Instant,
        expiresAt: Instant,
        unresolved: [AudienceMember]
    ) {
        self.publisher = publisher
        self.publication = publication
        self.dataClass = dataClass
        self.at = at
        self.expiresAt = expiresAt
        self.unresolved = unresolved
    }
}
