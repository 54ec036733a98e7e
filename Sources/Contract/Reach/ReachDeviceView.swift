package import Domain

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
