package import Domain

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

/// One bearer key; the key itself is nowhere.
package struct PublisherKeyView: WireView {
    package var id = ""
    /// When it ends; null: never by itself.
    package var until: Instant?
    package var hasEnded = false
    /// Since the start of the service; null: not yet.
    package var lastUsedAt: Instant?

    package init() {}

    package static let members: [WireMember<PublisherKeyView>] = [
        .always("id", \.id), .always("until", \.until), .always("ended", \.hasEnded),
        .always("lastUsedAt", \.lastUsedAt),
    ]
}
