/// Seals the next devices with the first storage key.
package struct ResealOrderView: WireView {
    package var actor: String?
    package var why: String?
    /// `next` of the answer before.
    package var after: Int?

    package init() {}

    package static let members: [WireMember<ResealOrderView>] = [
        .maybe("actor", \.actor), .maybe("why", \.why), .maybe("after", \.after),
    ]
}
