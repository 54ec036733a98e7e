/// Who may publish, and how it proves itself.
package struct PublisherView: WireView {
    package var name = ""
    package var rights: [String] = []
    /// UAI codes; null: every school.
    package var schools: [String]?
    /// It has a secret for signatures.
    package var signs = false
    package var keys: [PublisherKeyView] = []

    package init() {}

    package static let members: [WireMember<PublisherView>] = [
        .always("name", \.name), .always("rights", \.rights), .always("schools", \.schools),
        .always("signs", \.signs), .always("keys", \.keys),
    ]
}
