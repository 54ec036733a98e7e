/// What changed in a feed from one import to another, by kind of record; kinds without a change are left out.
package struct DirectoryDifferenceView: WireView {
    package var feed = ""
    /// `I-…`
    package var from = ""
    package var to = ""
    package var schools: Changes?
    package var classes: Changes?
    package var groups: Changes?
    package var pupils: Changes?
    package var guardians: Changes?
    package var staff: Changes?
    package var links: Changes?
    package var users: Changes?
    /// Imports that changed too much to be remembered in single records, or nothing.
    package var incomplete: [String] = []

    package init() {}

    package static let members: [WireMember<DirectoryDifferenceView>] = [
        .always("feed", \.feed), .always("from", \.from), .always("to", \.to), .maybe("schools", \.schools),
        .maybe("classes", \.classes), .maybe("groups", \.groups), .maybe("pupils", \.pupils),
        .maybe("guardians", \.guardians), .maybe("staff", \.staff), .maybe("links", \.links),
        .maybe("users", \.users), .always("incomplete", \.incomplete),
    ]

    /// Keys of records, sorted.
    package struct Changes: WireView {
        package var added: [String] = []
        package var changed: [String] = []
        package var removed: [String] = []

        package init() {}

        package static let members: [WireMember<Changes>] = [
            .always("added", \.added), .always("changed", \.changed), .always("removed", \.removed),
        ]
    }
}
