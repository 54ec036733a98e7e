package import Domain
package import Store

/// The rows of reach and of `event trace`: a person each, with the pupils through whom the event concerns him or her, how he or she
/// stands, and on which devices. Used on the thread of the reader.
package struct ReachRows {
    private let event: StoredEvent
    private let registry: RegistryReader
    private let laneNames: [LaneID: String]

    /// `event`: whose persons they are; it names those nobody knows.
    package init(event: StoredEvent, registry: RegistryReader, laneNames: [LaneID: String]) {
        self.event = event
        self.registry = registry
        self.laneNames = laneNames
    }

    /// The object of the API; member names are a contract (`contract-details.md`). Keyed reads, one for each name in it.
    package func json(_ person: EventReport.Person) throws -> JSONObject {
        let index = person.person.unknownIndex
        let known = index == nil ? try registry.person(person.person) : nil
        let unknown = index.flatMap { event.unknownUsers.indices.contains($0) ? event.unknownUsers[$0] : nil }
        let (state, reason) = EventStatus.words(person.standing)
        var object = JSONObject()
        object["guardian"] = person.role == .other ? .null : known?.key.map { .string($0) } ?? .null
        object["user"] = (known?.entID ?? unknown ?? known?.key).map { .string($0) } ?? .null
        object["role"] = .string(person.role == .guardian ? "guardian" : person.role == .author ? "author" : "other")
        object["through"] = .array(try person.through.map { .string(try registry.person($0)?.key ?? "") })
        object["state"] = .string(state)
        object["reason"] = reason.map { .string($0.word) } ?? .null
        object["devices"] = .array(try person.deliveries.filter { $0.lane != .nowhere }.map(device))
        return object
    }

    private func device(_ delivery: EventReport.Delivery) throws -> JSONValue {
        // nil when the device was removed since.
        let device = try registry.device(delivery.device)
        return [
            "delivery": .string(delivery.id.description),
            "installation": device.map { .string($0.installation) } ?? .null,
            "lane": .string(laneNames[delivery.lane] ?? ""), "state": .string("\(delivery.result.state)"),
            "reason": delivery.result.reason.map { .string($0.word) } ?? .null, "at": .null,
        ]
    }
}

/// What the rows of reach are asked for: `?state=` and `--state`.
package enum ReachState: String, CaseIterable, Sendable {
    case reached
    case waiting
    case notReached

    package func holds(for standing: EventReport.Standing) -> Bool { EventStatus.words(standing).state == rawValue }
}

/// Where a page of reach ends, as the next question names it; means nothing to anybody else.
package struct ReachCursor: Sendable, CustomStringConvertible {
    package let person: PersonID

    package init(_ person: PersonID) { self.person = person }

    /// nil for anything that is no cursor.
    package init?(_ text: some StringProtocol) {
        guard text.first == "R", let number = Int64(text.dropFirst(), radix: 36), number >= 0 else { return nil }
        person = PersonID(rawValue: number)
    }

    package var description: String { "R" + String(person.rawValue, radix: 36, uppercase: true) }
}
