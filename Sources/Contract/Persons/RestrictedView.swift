/// Whether a person's data is used.
package struct RestrictedView: WireView {
    package var user = ""
    package var isRestricted = true
    package var hasChanged = false
    package var operation: String?

    package init() {}

    package static let members: [WireMember<RestrictedView>] = [
        .always("user", \.user), .always("restricted", \.isRestricted), .always("changed", \.hasChanged),
        .always("operation", \.operation),
    ]
}
