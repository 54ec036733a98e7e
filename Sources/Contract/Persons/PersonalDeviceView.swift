package import Domain

/// A device as its owner is told of it; of its token only the last four characters.
package struct PersonalDeviceView: WireView {
    package var installation = ""
    package var app = ""
    package var platform = ""
    package var locale: String?
    package var timezone: String?
    package var appVersion: String?
    package var tokenTail = ""
    /// `active suspect disabled`.
    package var state = ""
    package var registeredAt = Instant(milliseconds: 0)
    package var lastSeenAt = Instant(milliseconds: 0)
    package var history: [DeviceChangeView] = []

    package init() {}

    package static let members: [WireMember<PersonalDeviceView>] = [
        .always("installation", \.installation), .always("app", \.app), .always("platform", \.platform),
        .always("locale", \.locale), .always("timezone", \.timezone), .always("appVersion", \.appVersion),
        .always("tokenTail", \.tokenTail), .always("state", \.state), .always("registeredAt", \.registeredAt),
        .always("lastSeenAt", \.lastSeenAt), .always("history", \.history),
    ]
}
