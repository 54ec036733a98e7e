package import Domain

/// A page of a list.
package struct ListView<Item: WireView>: WireView {
    package var at: Instant?
    /// `live` or `store`.
    package var source: String?
    package var items: [Item] = []
    /// nil when it was not counted.
    package var total: Int?
    package var next: String?

    package init() {}

    package init(at: Instant, source: String = "live", _ items: [Item], total: Int? = nil, next: String? = nil) {
        self.at = at
        self.source = source
        self.items = items
        self.total = total
        self.next = next
    }

    package static var members: [WireMember<ListView>] {
        [
            .always("at", \.at), .always("source", \.source), .always("items", \.items), .always("total", \.total),
            .always("next", \.next),
        ]
    }
}
