/// That a person's data is to be kept and not used, or to be used again.
package struct RestrictionOrderView: WireView {
    /// By default true.
    package var isRestricted: Bool?
    package var actor: String?
    package var why: String?

    package init() {}

    package static let members: [WireMember<RestrictionOrderView>] = [
        .maybe("restricted", \.isRestricted), .maybe("actor", \.actor), .maybe("why", \.why),
    ]
}
