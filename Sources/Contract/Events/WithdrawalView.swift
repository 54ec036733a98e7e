package import Domain

/// An event that was taken back.
package struct WithdrawalView: WireView {
    package var id = ""
    package var state = ""
    package var withdrawnAt = Instant(milliseconds: 0)
    package var reason = ""

    package init() {}

    package static let members: [WireMember<WithdrawalView>] = [
        .always("id", \.id), .always("state", \.state), .always("withdrawnAt", \.withdrawnAt),
        .always("reason", \.reason),
    ]
}
