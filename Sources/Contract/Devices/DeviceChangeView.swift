package import Domain

/// A change of a device's state.
package struct DeviceChangeView: WireView {
    package var at = Instant(milliseconds: 0)
    /// `registered`, `moved`, a provider's reason and so on.
    package var what = ""

    package init() {}

    package static let members: [WireMember<DeviceChangeView>] = [.always("at", \.at), .always("what", \.what)]
}
