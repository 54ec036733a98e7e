import Domain
import Pipeline
import Store

/// A delivery in the words of the contract.
extension Inspection {
    /// `id event user device lane state reason attempts nextAt expiresAt`, then `school app action madeAt diedAt lastStatus lastReason
    /// lastAt`.
    func json(_ row: DeliveryRow) throws -> JSONObject {
        look(.deliveryList)
        var object = JSONObject()
        object["id"] = .string(row.id.description)
        object["event"] = .string(row.event.description)
        object["user"] = try user(row.person, event: row.event).map { .string($0) } ?? .null
        object["device"] =
            row.lane == .nowhere ? .null : try device(row.device).map { .string($0.installation) } ?? .null
        object["lane"] = laneName(row.lane).map { .string($0) } ?? .null
        object["state"] = .string("\(row.result.state)")
        object["reason"] = row.result.reason.map { .string($0.word) } ?? .null
        object["attempts"] = .number(row.attempts)
        object["nextAt"] = row.nextAt.map { .string($0.rfc3339) } ?? .null
        object["expiresAt"] = .string(row.expiresAt.rfc3339)
        object["school"] = row.school.map { .string($0) } ?? .null
        object["app"] = .string(row.app)
        object["action"] = .string(row.action)
        object["madeAt"] = .string(row.madeAt.rfc3339)
        object["diedAt"] = row.diedAt.map { .string($0.rfc3339) } ?? .null
        object["lastStatus"] = row.last.map { .number($0.status) } ?? .null
        object["lastReason"] = row.last.map { .string($0.reason) } ?? .null
        object["lastAt"] = row.last.map { .string($0.at.rfc3339) } ?? .null
        return object
    }

    /// - Throws: exit code 3 for an unknown delivery.
    func delivery(_ id: DeliveryID) throws -> DeliveryRow {
        guard let row = try ask({ try $0.delivery(id) }) else {
            throw OperatorError(.nothing, say("there is no delivery \(id)"), next: "carillon queue list")
        }
        return row
    }

    /// Why the page of a delivery cannot be read; nil when it can, or does not exist.
    func unreadable(pageOf id: DeliveryID) throws -> UnreadableRowError? {
        try ask { try $0.pages([id.page])[id.page]?.failure }
    }

    /// True when not even the event's own row can be read.
    func isEventLost(_ id: EventID) throws -> Bool {
        try ask { reader in
            do { return try reader.event(id) == nil } catch {
                guard case .damaged = StoreError(error) else { throw error }
                return true
            }
        }
    }

    /// What happened to a delivery and what is to come, oldest first: `{at, what, …}` with `what` of `eventAccepted made attempt
    /// nextAttempt outcome expiry`.
    func timeline(_ row: DeliveryRow) throws -> [JSONObject] {
        let (event, attempts) = try ask { (try $0.event(row.event), try $0.attempts(of: row.id)) }
        var lines: [JSONObject] = []
        if let event {
            lines.append(
                JSONObject([
                    "at": .string(event.acceptedAt.rfc3339), "what": "eventAccepted",
                    "publisher": .string(event.publisher),
                ])
            )
        }
        lines.append(
            JSONObject([
                "at": .string(row.madeAt.rfc3339), "what": "made",
                "lane": laneName(row.lane).map { .string($0) } ?? .null,
            ])
        )
        for attempt in attempts {
            lines.append(
                JSONObject([
                    "at": .string(attempt.at.rfc3339), "what": "attempt", "number": .number(attempt.number),
                    "milliseconds": .number(attempt.milliseconds), "state": .string("\(attempt.state)"),
                    "status": .number(attempt.status), "reason": .string(attempt.reason),
                ])
            )
        }
        if let next = row.nextAt { lines.append(JSONObject(["at": .string(next.rfc3339), "what": "nextAttempt"])) }
        if row.result.state.isTerminal {
            lines.append(
                JSONObject([
                    // A first attempt that was accepted left no row, so nobody knows when.
                    "at": (row.diedAt ?? row.last?.at).map { .string($0.rfc3339) } ?? .null, "what": "outcome",
                    "state": .string("\(row.result.state)"),
                    "reason": row.result.reason.map { .string($0.word) } ?? .null,
                    "millisecondsMax": row.result.state == .accepted
                        ? .number(Int64(1) << Int64(row.result.latencyBucket)) : .null,
                ])
            )
        } else {
            lines.append(JSONObject(["at": .string(row.expiresAt.rfc3339), "what": "expiry"]))
        }
        return lines
    }

    static let deliveryColumns: [Listing.Column] = [
        .text("DELIVERY", "id"), .text("EVENT", "event"), .text("USER", "user"), .longID("DEVICE", "device").optional,
        .text("LANE", "lane"), .state("STATE", "state"), .text("REASON", "reason"), .number("TRIES", "attempts"),
        .time("NEXT", "nextAt").optional, .csv("expiresAt"), .time("MADE", "madeAt").optional,
        .text("HTTP", "lastStatus").optional, .text("LAST", "lastReason").optional, .text("SCHOOL", "school").optional,
        .csv("app"), .csv("action"), .csv("diedAt"), .csv("lastAt"),
    ]
}
