import Domain
import Store

/// A delivery in the words of the contract.
extension Inspection {
    /// `id event user device lane state reason attempts nextAt expiresAt`.
    func json(_ row: DeliveryRow) throws -> JSONObject {
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
        return object
    }

    /// - Throws: exit code 3 for an unknown delivery.
    func delivery(_ id: DeliveryID) throws -> DeliveryRow {
        guard let row = try ask({ try $0.delivery(id) }) else {
            throw OperatorFailure(.nothing, "there is no delivery \(id)", next: "carillon queue list")
        }
        return row
    }

    /// What happened to a delivery, oldest first: `{at, what, …}`. A first attempt that was accepted left no row of its own.
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
        return lines
    }

    static let deliveryColumns: [Listing.Column] = [
        .text("DELIVERY", "id"), .text("EVENT", "event"), .text("USER", "user"), .text("DEVICE", "device"),
        .text("LANE", "lane"), .text("STATE", "state"), .text("REASON", "reason"), .number("TRIES", "attempts"),
        .time("NEXT", "nextAt"), .time("EXPIRES", "expiresAt"),
    ]
}
