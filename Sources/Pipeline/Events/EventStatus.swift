package import Contract
package import Domain
package import Store

/// How an event stands, as `GET /v1/events/{id}` and `carillon event show` say it.
package enum EventStatus {
    package static func view(_ report: EventReport) -> EventView {
        let event = report.event
        var view = EventView()
        view.id = event.id.description
        view.state = event.state.word
        view.publisher = event.publisher
        view.school = event.school
        view.app = event.app
        view.action = event.action
        view.urgency = event.urgency.name
        view.acceptedAt = event.acceptedAt
        view.notBefore = event.notBefore
        view.expiresAt = event.expiresAt
        view.doneAt = event.doneAt
        view.corrects = event.collapse == event.id ? nil : event.collapse.description
        let isMerged = report.persons.contains { $0.deliveries.contains { $0.result.reason == .merged } }
        view.mergedWith = isMerged ? event.mergedWith.map { .string($0.description) } : nil
        view.inRecap = report.inRecap > 0 ? report.inRecap : nil
        view.withdrawnAt = report.withdrawal?.at
        view.withdrawnReason = report.withdrawal?.why
        view.dataClass = event.dataClass.name
        let sums = report.deliveries
        let sentAsGeneric = report.sentAsGeneric
        if event.dataClass == .encrypted, sums.accepted > report.inRecap {
            let isGeneric = sentAsGeneric == sums.accepted - report.inRecap
            view.sentAs = (isGeneric ? DataClass.generic : .encrypted).name
        }
        view.sentAsGeneric = sentAsGeneric > 0 ? sentAsGeneric : nil
        view.guardians = guardians(report)
        let pupils = report.pupilCounts()
        view.pupils.total = event.pupils
        view.pupils.withReachedGuardian = pupils.withReachedGuardian
        view.pupils.withAllGuardiansReached = pupils.withAllGuardiansReached
        view.pupils.withoutGuardian = report.pupilsWithoutGuardian.count
        view.otherUsers = report.persons.filter { $0.role == .other }.count
        view.unresolved = event.unresolved.map(AudienceCoding.value)
        view.warnings = (event.warnings + (asGeneric(sentAsGeneric).map { [$0] } ?? [])).map { ReceiptWarningView($0) }
        view.deliveries.total = sums.total
        view.deliveries.accepted = sums.accepted
        view.deliveries.pending = sums.pending
        view.deliveries.deferred = sums.deferred
        view.deliveries.rejected = sums.rejected
        view.deliveries.expired = sums.expired
        view.deliveries.withheld = sums.withheld
        let others = report.persons.filter { $0.role == .other }
        view.waiting = waiting(report.guardians)
        view.notReached = notReached(report.guardians)
        view.otherUsersWaiting = waiting(others)
        view.otherUsersNotReached = notReached(others)
        view.opensAt = report.persons.compactMap(\.opensAt).min()
        return view
    }

    /// nil for none. Known once they are sent: whether a phone has keys stands in its sealed address.
    private static func asGeneric(_ count: Int) -> ReceiptWarning? {
        guard count > 0 else { return nil }
        let phones = count == 1 ? "1 phone has" : "\(count) phones have"
        return ReceiptWarning(
            pointer: "",
            code: "sentAsGeneric",
            detail: "\(phones) no keys and got what generic shows, without the text."
        )
    }

    /// The event itself, without a look at its deliveries.
    package static func row(_ event: StoredEvent) -> EventRowView {
        var view = EventRowView()
        view.id = event.id.description
        view.state = event.state.word
        view.publisher = event.publisher
        view.school = event.school
        view.app = event.app
        view.action = event.action
        view.urgency = event.urgency.name
        view.subject = event.subject
        view.acceptedAt = event.acceptedAt
        view.notBefore = event.notBefore
        view.expiresAt = event.expiresAt
        view.doneAt = event.doneAt
        return view
    }

    /// What an event meant for one person.
    package static func view(_ entry: PersonalEvent) -> PersonalEventView {
        let (state, reason) = words(entry.standing)
        var view = PersonalEventView()
        view.event = entry.event.id.description
        view.acceptedAt = entry.event.acceptedAt
        view.school = entry.event.school
        view.app = entry.event.app
        view.action = entry.event.action
        view.state = state
        view.reason = reason?.word
        return view
    }

    /// `reached`, `waiting` or `notReached`, with the reason where there is one.
    package static func words(_ standing: EventReport.Standing) -> (state: String, reason: Reason?) {
        switch standing {
        case .reached: ("reached", nil)
        case .reachedElsewhere(let reason): ("reached", reason)
        case .waiting(let reason): ("waiting", reason)
        case .notReached(let reason): ("notReached", reason)
        }
    }

    /// Why what is pending on a lane does not move, from the lane's condition word.
    package static func reason(ofLane condition: String) -> Reason? {
        switch condition {
        case "credentialFault": .credentialPaused
        case "paused", "draining", "open", "halfOpen": .laneClosed
        default: nil
        }
    }

    private static func guardians(_ report: EventReport) -> StandingCounts {
        var counts = StandingCounts()
        for guardian in report.guardians {
            counts.total += 1
            switch guardian.standing {
            case .reached, .reachedElsewhere: counts.reached += 1
            case .waiting: counts.waiting += 1
            case .notReached: counts.notReached += 1
            }
        }
        return counts
    }

    private static func waiting(_ persons: [EventReport.Person]) -> Counts {
        reasons(persons) { if case .waiting(let reason) = $0 { reason } else { nil } }
    }

    private static func notReached(_ persons: [EventReport.Person]) -> Counts {
        reasons(persons) { if case .notReached(let reason) = $0 { reason } else { nil } }
    }

    private static func reasons(
        _ persons: [EventReport.Person],
        _ pick: (EventReport.Standing) -> Reason?
    ) -> Counts {
        Counts(persons.reduce(into: [:]) { if let reason = pick($1.standing) { $0[reason, default: 0] += 1 } })
    }
}

extension Counts {
    /// In the order of the reasons.
    init(_ reasons: [Reason: Int]) {
        self.init()
        for reason in Reason.allCases { self[reason.word] = reasons[reason] }
    }
}
