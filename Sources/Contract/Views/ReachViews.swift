package import Domain

/// How a person of an event stands.
package struct ReachRowView: WireView {
    /// The feed's key.
    package var guardian: String?
    package var user: String?
    package var role = ""
    /// Pupils, by the feed's key.
    package var through: [String] = []
    /// `reached waiting notReached`.
    package var state = ""
    package var reason: String?
    /// When quiet hours end for the first of the devices; null: none waits for that.
    package var opensAt: Instant?
    package var devices: [ReachDeviceView] = []

    package init() {}

    package static let members: [WireMember<ReachRowView>] = [
        .always("guardian", \.guardian), .always("user", \.user), .always("role", \.role),
        .always("through", \.through), .always("state", \.state), .always("reason", \.reason),
        .always("opensAt", \.opensAt), .always("devices", \.devices),
    ]
}

/// One delivery of a person.
package struct ReachDeviceView: WireView {
    package var delivery = ""
    package var installation: String?
    package var lane = ""
    package var state = ""
    package var reason: String?
    package var at: Instant?

    package init() {}

    package static let members: [WireMember<ReachDeviceView>] = [
        .always("delivery", \.delivery), .always("installation", \.installation), .always("lane", \.lane),
        .always("state", \.state), .always("reason", \.reason), .always("at", \.at),
    ]
}

/// A page of reach.
package struct ReachView: WireView {
    package var at = Instant(milliseconds: 0)
    package var source = ""
    package var event = ""
    package var items: [ReachRowView] = []
    package var total: Int?
    package var next: String?

    package init() {}

    package static let members: [WireMember<ReachView>] = [
        .always("at", \.at), .always("source", \.source), .always("event", \.event), .always("items", \.items),
        .always("total", \.total), .always("next", \.next),
    ]
}
