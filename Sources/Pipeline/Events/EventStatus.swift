package import Domain
package import Store

/// How an event stands, as `GET /v1/events/{id}` and `carillon event show` say it.
package enum EventStatus {
    /// The object of the API; member names are a contract (`interfaces.md` 2).
    package static func json(_ report: EventReport) -> JSONObject {
        let event = report.event
        var object = JSONObject()
        object["id"] = .string(event.id.description)
        object["state"] = .string(event.state.word)
        object["publisher"] = .string(event.publisher)
        object["school"] = event.school.map { .string($0) } ?? .null
        object["app"] = .string(event.app)
        object["action"] = .string(event.action)
        object["urgency"] = .string(event.urgency.name)
        object["acceptedAt"] = .string(event.acceptedAt.rfc3339)
        object["notBefore"] = event.notBefore.map { .string($0.rfc3339) } ?? .null
        object["expiresAt"] = .string(event.expiresAt.rfc3339)
        object["doneAt"] = event.doneAt.map { .string($0.rfc3339) } ?? .null
        if event.collapse != event.id { object["corrects"] = .string(event.collapse.description) }
        if let withdrawal = report.withdrawal {
            object["withdrawnAt"] = .string(withdrawal.at.rfc3339)
            object["withdrawnReason"] = .string(withdrawal.why)
        }
        object["dataclassification"] = .string(event.dataClass.name)
        if event.dataClass == .encrypted { object["sentAs"] = .string(DataClass.generic.name) }
        object["guardians"] = guardians(report)
        let pupils = report.pupilCounts()
        object["pupils"] = [
            "total": .number(event.pupils), "withReachedGuardian": .number(pupils.withReachedGuardian),
            "withAllGuardiansReached": .number(pupils.withAllGuardiansReached),
            "withoutGuardian": .number(report.pupilsWithoutGuardian.count),
        ]
        object["otherUsers"] = .number(report.persons.filter { $0.role == .other }.count)
        object["unresolved"] = .array(event.unresolved.map(AudienceCoding.value))
        let sums = report.deliveries
        object["deliveries"] = [
            "total": .number(sums.total), "accepted": .number(sums.accepted), "pending": .number(sums.pending),
            "deferred": .number(sums.deferred), "rejected": .number(sums.rejected), "expired": .number(sums.expired),
            "withheld": .number(sums.withheld),
        ]
        let others = report.persons.filter { $0.role == .other }
        object["waiting"] = waiting(report.guardians)
        object["notReached"] = notReached(report.guardians)
        object["otherUsersWaiting"] = waiting(others)
        object["otherUsersNotReached"] = notReached(others)
        return object
    }

    /// `reached`, `waiting` or `notReached`, with the reason where there is one.
    package static func words(_ standing: EventReport.Standing) -> (state: String, reason: Reason?) {
        switch standing {
        case .reached: ("reached", nil)
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

    private static func guardians(_ report: EventReport) -> JSONValue {
        var (reached, waiting, notReached) = (0, 0, 0)
        let guardians = report.guardians
        for guardian in guardians {
            switch guardian.standing {
            case .reached: reached += 1
            case .waiting: waiting += 1
            case .notReached: notReached += 1
            }
        }
        return [
            "total": .number(guardians.count), "reached": .number(reached), "waiting": .number(waiting),
            "notReached": .number(notReached),
        ]
    }

    private static func waiting(_ persons: [EventReport.Person]) -> JSONValue {
        reasons(persons) { if case .waiting(let reason) = $0 { reason } else { nil } }
    }

    private static func notReached(_ persons: [EventReport.Person]) -> JSONValue {
        reasons(persons) { if case .notReached(let reason) = $0 { reason } else { nil } }
    }

    private static func reasons(
        _ persons: [EventReport.Person],
        _ pick: (EventReport.Standing) -> Reason?
    ) -> JSONValue {
        var counts: [Reason: Int] = [:]
        for person in persons { if let reason = pick(person.standing) { counts[reason, default: 0] += 1 } }
        var object = JSONObject()
        for reason in Reason.allCases { if let count = counts[reason] { object[reason.word] = .number(count) } }
        return .object(object)
    }
}
