package import Domain

/// What an erasure removed; names nobody.
package struct ErasedView: WireView {
    package var accounts = 0
    package var devices = 0
    /// Places and relations of the directory.
    package var links = 0
    /// Events that named the person.
    package var events = 0
    package var operation: String?

    package init() {}

    package static let members: [WireMember<ErasedView>] = [
        .always("accounts", \.accounts), .always("devices", \.devices), .always("links", \.links),
        .always("events", \.events), .always("operation", \.operation),
    ]
}

/// Whether a person's data is used.
package struct RestrictedView: WireView {
    package var user = ""
    package var isRestricted = true
    package var hasChanged = false
    package var operation: String?

    package init() {}

    package static let members: [WireMember<RestrictedView>] = [
        .always("user", \.user), .always("restricted", \.isRestricted), .always("changed", \.hasChanged),
        .always("operation", \.operation),
    ]
}

/// That a person's data is to be kept and not used, or to be used again.
package struct RestrictionOrderView: WireView {
    /// By default true.
    package var isRestricted: Bool?
    package var actor: String?
    package var why: String?

    package init() {}

    package static let members: [WireMember<RestrictionOrderView>] = [
        .maybe("restricted", \.isRestricted), .maybe("actor", \.actor), .maybe("why", \.why),
    ]
}

/// What an event meant for one person.
package struct PersonalEventView: WireView {
    package var event = ""
    package var acceptedAt = Instant(milliseconds: 0)
    package var school: String?
    package var app = ""
    package var action = ""
    /// `reached waiting notReached`.
    package var state = ""
    package var reason: String?

    package init() {}

    package static let members: [WireMember<PersonalEventView>] = [
        .always("event", \.event), .always("acceptedAt", \.acceptedAt), .always("school", \.school),
        .always("app", \.app), .always("action", \.action), .always("state", \.state), .always("reason", \.reason),
    ]
}
