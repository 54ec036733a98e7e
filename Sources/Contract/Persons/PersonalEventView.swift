package import Domain

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
