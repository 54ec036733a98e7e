package import Domain

/// Everything that is known of one person, names included: for the person, who has a right to it [GDPR art. 15].
package struct PersonalRecordView: WireView {
    package var at = Instant(milliseconds: 0)
    /// What the directory has.
    package var entry = DirectoryPersonView()
    package var devices: [PersonalDeviceView] = []
    package var lastName = ""
    package var firstName = ""
    package var restrictedSince: Instant?
    package var preferences: [Choices] = []
    package var events: [PersonalEventView] = []
    package var looks: [PersonalLookView] = []

    package init() {}

    package static let members: [WireMember<PersonalRecordView>] = [
        .always("at", \.at), .always("kind", \.entry.kind), .always("key", \.entry.key),
        .always("accounts", \.entry.accounts), .always("feed", \.entry.feed),
        .always("import", \.entry.origin.importID), .always("importAt", \.entry.origin.at),
        .always("devices", \.devices), .maybe("records", \.entry.records), .always("places", \.entry.places),
        .always("guardians", \.entry.guardians), .always("pupils", \.entry.pupils), .always("lastName", \.lastName),
        .always("firstName", \.firstName), .always("restrictedSince", \.restrictedSince),
        .always("preferences", \.preferences), .always("events", \.events), .always("looks", \.looks),
    ]

    /// What one of the person's accounts has chosen.
    package struct Choices: WireView {
        package var account = ""
        package var choices = JSONObject()

        package init() {}

        package static let members: [WireMember<Choices>] = [
            .always("account", \.account), .always("choices", \.choices),
        ]
    }
}
