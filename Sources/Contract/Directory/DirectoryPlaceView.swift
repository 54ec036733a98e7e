/// A school, class or group of the directory, and why it is in it; keys only, no names of persons.
package struct DirectoryPlaceView: WireView {
    /// `school class group`.
    package var kind = ""
    package var key = ""
    package var name = ""
    /// UAI.
    package var school: String?
    package var feed: String?
    package var origin = OriginView()
    /// Only of a school.
    package var classes: [Class]?
    package var pupils: [Pupil] = []

    package init() {}

    package static let members: [WireMember<DirectoryPlaceView>] = [
        .always("kind", \.kind), .always("key", \.key), .always("name", \.name), .always("school", \.school),
        .always("feed", \.feed), .always("import", \.origin.importID), .always("importAt", \.origin.at),
        .maybe("classes", \.classes), .always("pupils", \.pupils),
    ]

    /// A class or group of a school.
    package struct Class: WireView {
        package var kind = ""
        package var key = ""
        package var name = ""
        package var members = 0
        package var origin = OriginView()

        package init() {}

        package static let members: [WireMember<Class>] = [
            .always("kind", \.kind), .always("key", \.key), .always("name", \.name), .always("members", \.members),
            .always("import", \.origin.importID), .always("importAt", \.origin.at),
        ]
    }

    /// A pupil who is a member; days as `2026-09-01`.
    package struct Pupil: WireView {
        package var key: String?
        package var from: String?
        package var to: String?
        package var guardians = 0
        package var origin = OriginView()

        package init() {}

        package static let members: [WireMember<Pupil>] = [
            .always("key", \.key), .always("from", \.from), .always("to", \.to), .always("guardians", \.guardians),
            .always("import", \.origin.importID), .always("importAt", \.origin.at),
        ]
    }
}
