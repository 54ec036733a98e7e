package import Domain

/// What a parent has chosen.
package struct PreferencesView: WireView {
    /// `{"push": …}` by kind.
    package var kinds = JSONObject()
    package var mutedClasses: [String] = []
    package var locale: String?
    package var quietHours: JSONObject?
    package var unknown = UnknownPreferencesView()

    package init() {}

    package static let members: [WireMember<PreferencesView>] = [
        .always("kinds", \.kinds), .always("mutedClasses", \.mutedClasses), .always("locale", \.locale),
        .always("quietHours", \.quietHours), .always("unknown", \.unknown),
    ]
}

/// What of it nothing here has a name for; kept, and without effect until something has.
package struct UnknownPreferencesView: WireView {
    package var kinds: [String] = []
    package var mutedClasses: [String] = []

    package init() {}

    package static let members: [WireMember<UnknownPreferencesView>] = [
        .always("kinds", \.kinds), .always("mutedClasses", \.mutedClasses),
    ]
}
