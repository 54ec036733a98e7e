package import Domain

/// That somebody was shown names, or who is concerned by what: who and when, and numbers that mean nothing outside the stores.
package struct Look: Sendable, Equatable {
    /// What was shown.
    package enum Kind: String, Sendable, CaseIterable {
        case personExport = "person.export"
        case directoryShow = "directory.show"
        case userTrace = "user.trace"
        case deviceList = "device.list"
        case deviceShow = "device.show"
        case eventReach = "event.reach"
        case eventTrace = "event.trace"
        /// Titles were searched for a word; which is not kept.
        case eventSearch = "event.search"
        /// A list of deliveries; each names a user.
        case deliveryList = "delivery.list"
        case deliveryShow = "delivery.show"
    }

    package var at: Instant
    /// An operator's login, or `publisher NAME`.
    package var actor: String
    package var kind: Kind
    package var person: PersonID?
    package var event: EventID?

    package init(_ kind: Kind, person: PersonID? = nil, event: EventID? = nil, actor: String, at: Instant) {
        self.kind = kind
        self.person = person
        self.event = event
        self.actor = actor
        self.at = at
    }

    /// nil for a line that is no look.
    init?(_ object: JSONObject) {
        guard let at = object["at"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let kind = object["what"]?.string.flatMap(Kind.init(rawValue:)), let actor = object["actor"]?.string
        else { return nil }
        self.init(
            kind,
            person: object["person"]?.int64.map { PersonID(rawValue: $0) },
            event: object["event"]?.string.flatMap { EventID($0) },
            actor: actor,
            at: at
        )
    }

    /// `at actor what person event`, the last two where there is one.
    var object: JSONObject {
        var object = JSONObject(["at": .string(at.rfc3339), "actor": .string(actor), "what": .string(kind.rawValue)])
        if let person { object["person"] = .number(person.rawValue) }
        if let event { object["event"] = .string(event.description) }
        return object
    }

    /// To whom it happened: an operator is not named to the person.
    var by: String { actor.hasPrefix("publisher ") ? actor : "operator" }
}
