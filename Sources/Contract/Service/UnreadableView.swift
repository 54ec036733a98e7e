/// Rows of the store that cannot be read.
package struct UnreadableView: WireView {
    package var total = 0
    package var tables = Counts()
    /// The first of them, a sentence each.
    package var rows: [String] = []

    package init() {}

    package static let members: [WireMember<UnreadableView>] = [
        .always("total", \.total), .always("tables", \.tables), .always("rows", \.rows),
    ]
}
