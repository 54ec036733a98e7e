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
