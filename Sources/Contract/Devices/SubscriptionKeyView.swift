/// What browsers subscribe with.
package struct SubscriptionKeyView: WireView {
    package var publicKey = ""

    package init() {}

    package static let members: [WireMember<SubscriptionKeyView>] = [
        .always("publicKey", \.publicKey)
    ]
}
