/// One device with what happened to it; of its token only the last four characters.
package struct DeviceDetailsView: WireView {
    package var device = DeviceView()
    /// Oldest first.
    package var history: [DeviceChangeView] = []

    package init() {}

    package static let members: [WireMember<DeviceDetailsView>] = [
        .always("installation", \.device.installation), .always("user", \.device.user),
        .always("provider", \.device.provider), .always("tokenKind", \.device.tokenKind),
        .always("tokenTail", \.device.tokenTail), .always("environment", \.device.environment),
        .always("app", \.device.app), .always("platform", \.device.platform), .always("locale", \.device.locale),
        .always("state", \.device.state), .always("reason", \.device.reason),
        .always("registeredAt", \.device.registeredAt), .always("lastSeenAt", \.device.lastSeenAt),
        .always("history", \.history),
    ]
}
