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

/// The answer to a registration.
package struct RegisteredView: WireView {
    package var installation = ""
    package var provider = ""
    package var environment = ""
    package var app = ""
    package var state = ""

    package init() {}

    package static let members: [WireMember<RegisteredView>] = [
        .always("installation", \.installation), .always("provider", \.provider),
        .always("environment", \.environment), .always("app", \.app), .always("state", \.state),
    ]
}

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

/// A device that rings no more.
package struct RevokedView: WireView {
    package var installation = ""
    package var state = ""
    package var operation = ""

    package init() {}

    package static let members: [WireMember<RevokedView>] = [
        .always("installation", \.installation), .always("state", \.state), .always("operation", \.operation),
    ]
}

/// What browsers subscribe with.
package struct SubscriptionKeyView: WireView {
    package var publicKey = ""

    package init() {}

    package static let members: [WireMember<SubscriptionKeyView>] = [
        .always("publicKey", \.publicKey)
    ]
}
