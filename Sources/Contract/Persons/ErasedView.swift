/// What an erasure removed; names nobody.
package struct ErasedView: WireView {
    package var accounts = 0
    package var devices = 0
    /// Places and relations of the directory.
    package var links = 0
    /// Events that named the person.
    package var events = 0
    package var operation: String?

    package init() {}

    package static let members: [WireMember<ErasedView>] = [
        .always("accounts", \.accounts), .always("devices", \.devices), .always("links", \.links),
        .always("events", \.events), .always("operation", \.operation),
    ]
}
