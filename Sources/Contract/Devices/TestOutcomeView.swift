/// The provider's word on a test.
package struct TestOutcomeView: WireView {
    package var installation: String?
    /// `accepted rejected deferred`.
    package var outcome = ""
    package var reason: String?

    package init() {}

    package static let members: [WireMember<TestOutcomeView>] = [
        .maybe("installation", \.installation), .always("outcome", \.outcome), .always("reason", \.reason),
    ]
}
