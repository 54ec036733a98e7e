/// What a resend does.
package struct ResendView: WireView {
    /// nil of a dry run, and when nobody is left to ring.
    package var operation: String?
    package var deliveries = 0

    package init() {}

    package static let members: [WireMember<ResendView>] = [
        .always("operation", \.operation), .always("deliveries", \.deliveries),
    ]
}
