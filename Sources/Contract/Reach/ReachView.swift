package import Domain

/// A page of reach.
package struct ReachView: WireView {
    package var at = Instant(milliseconds: 0)
    package var source = ""
    package var event = ""
    package var items: [ReachRowView] = []
    package var total: Int?
    package var next: String?

    package init() {}

    package static let members: [WireMember<ReachView>] = [
        .always("at", \.at), .always("source", \.source), .always("event", \.event), .always("items", \.items),
        .always("total", \.total), .always("next", \.next),
    ]
}
