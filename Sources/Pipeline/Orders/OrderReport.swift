package import Domain
package import Store

/// What an order matches and what became of it.
package struct OrderReport: Sendable {
    /// nil for a dry run and a refusal.
    package var operation: Int64?
    package var verb: OrderVerb
    /// The scope in words.
    package var filter: String
    package var matched = 0
    package var eligible = 0
    /// By reason: the state that makes it so, `inFlight`, `expired`, `unknown`, `damaged`.
    package var notEligible: [String: Int] = [:]
    package var changed = 0
    /// Eligible when they were counted, moved on when their turn came.
    package var skipped: [String: Int] = [:]
    /// `planned running done cancelled failed`.
    package var state = "planned"
    /// Events with most of the eligible deliveries, at most five.
    package var byEvent: [(event: EventID, count: Int)] = []
    package var sample: [DeliveryID] = []
    /// The event is not wholly expanded: the order binds what is still to come.
    package var bindsWhatComes = false

    package var json: JSONObject {
        var object = JSONObject()
        object["operation"] = operation.map { .string(OperationName.text($0)) } ?? .null
        object["verb"] = .string(verb.rawValue)
        object["filter"] = .string(filter)
        object["matched"] = .number(matched)
        object["eligible"] = .number(eligible)
        object["notEligible"] = Self.counts(notEligible)
        object["changed"] = .number(changed)
        object["skipped"] = Self.counts(skipped)
        object["state"] = .string(state)
        object["byEvent"] = .array(
            byEvent.map { ["event": .string($0.event.description), "eligible": .number($0.count)] }
        )
        object["sample"] = .array(sample.map { .string($0.description) })
        object["bindsWhatComes"] = .bool(bindsWhatComes)
        return object
    }

    static func counts(_ counts: [String: Int]) -> JSONValue {
        var object = JSONObject()
        for (reason, count) in counts.sorted(by: { $0.key < $1.key }) { object[reason] = .number(count) }
        return .object(object)
    }
}

/// An operation's number as people write it: `O-17`.
package enum OperationName {
    package static func text(_ id: Int64) -> String { "O-\(id)" }

    /// Also the bare number.
    package static func number(_ text: some StringProtocol) -> Int64? {
        let digits = text.lowercased().hasPrefix("o-") ? String(text.dropFirst(2)) : String(text)
        return Int64(digits).flatMap { $0 > 0 ? $0 : nil }
    }
}

extension StoredOperation {
    /// As the door and the command show it.
    package var json: JSONObject {
        var object = JSONObject()
        object["operation"] = .string(OperationName.text(id))
        object["at"] = .string(at.rfc3339)
        object["actor"] = .string(actor)
        object["verb"] = .string(verb)
        object["filter"] = .string(filter)
        object["matched"] = .number(matched)
        object["eligible"] = .number(eligible)
        object["changed"] = .number(changed)
        object["skipped"] = OrderReport.counts(skipped)
        object["state"] = .string(state.rawValue)
        object["endedAt"] = endedAt.map { .string($0.rfc3339) } ?? .null
        object["why"] = .string(why)
        return object
    }
}
