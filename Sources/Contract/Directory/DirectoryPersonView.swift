/// A person of the directory, and why he or she is in it; keys only, no names of persons.
package struct DirectoryPersonView: WireView {
    /// `pupil guardian staff unknown`.
    package var kind = ""
    package var key: String?
    package var accounts: [String] = []
    package var feed: String?
    package var origin = OriginView()
    /// How many are not disabled.
    package var devices = 0
    /// Only of a person whom several feeds know.
    package var records: [Record]?
    package var places: [Place] = []
    package var guardians: [Relation] = []
    package var pupils: [Relation] = []

    package init() {}

    package static let members: [WireMember<DirectoryPersonView>] = [
        .always("kind", \.kind), .always("key", \.key), .always("accounts", \.accounts), .always("feed", \.feed),
        .always("import", \.origin.importID), .always("importAt", \.origin.at), .always("devices", \.devices),
        .maybe("records", \.records), .always("places", \.places), .always("guardians", \.guardians),
        .always("pupils", \.pupils),
    ]

    /// How one feed names the person.
    package struct Record: WireView {
        package var feed: String?
        package var key = ""

        package init() {}

        package static let members: [WireMember<Record>] = [.always("feed", \.feed), .always("key", \.key)]
    }

    /// Where the person is a member; days as `2026-09-01`.
    package struct Place: WireView {
        /// `school class group`.
        package var kind = ""
        package var key = ""
        package var name = ""
        /// UAI.
        package var school: String?
        package var from: String?
        package var to: String?
        package var origin = OriginView()

        package init() {}

        package static let members: [WireMember<Place>] = [
            .always("kind", \.kind), .always("key", \.key), .always("name", \.name), .always("school", \.school),
            .always("from", \.from), .always("to", \.to), .always("import", \.origin.importID),
            .always("importAt", \.origin.at),
        ]
    }

    /// A guardian of a pupil, or a pupil of a guardian.
    package struct Relation: WireView {
        package var key: String?
        package var since: String?
        package var origin = OriginView()
        /// True of somebody who is named and has no record, else left out.
        package var isMissing: Bool?

        package init() {}

        package static let members: [WireMember<Relation>] = [
            .always("key", \.key), .always("since", \.since), .always("import", \.origin.importID),
            .always("importAt", \.origin.at), .maybe("missing", \.isMissing),
        ]
    }
}
