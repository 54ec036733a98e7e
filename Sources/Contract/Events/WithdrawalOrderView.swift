/// Why a publisher takes an event back.
package struct WithdrawalOrderView: WireView {
    package var reason: String?

    package init() {}

    package static let members: [WireMember<WithdrawalOrderView>] = [
        .always("reason", \.reason)
    ]
}
