package import Domain

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
