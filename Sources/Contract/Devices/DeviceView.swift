package import Domain

/// A device; of its token only the last four characters.
package struct DeviceView: WireView {
    package var installation = ""
    package var user = ""
    package var provider = ""
    package var tokenKind = ""
    package var tokenTail = ""
    package var environment = ""
    package var app = ""
    package var platform: String?
    package var locale: String?
    /// `active suspect disabled unproven`.
    package var state = ""
    package var reason: String?
    package var registeredAt = Instant(milliseconds: 0)
    package var lastSeenAt = Instant(milliseconds: 0)

    package init() {}

    package static let members: [WireMember<DeviceView>] = [
        .always("installation", \.installation), .always("user", \.user), .always("provider", \.provider),
        .always("tokenKind", \.tokenKind), .always("tokenTail", \.tokenTail), .always("environment", \.environment),
        .always("app", \.app), .always("platform", \.platform), .always("locale", \.locale),
        .always("state", \.state), .always("reason", \.reason), .always("registeredAt", \.registeredAt),
        .always("lastSeenAt", \.lastSeenAt),
    ]
}
