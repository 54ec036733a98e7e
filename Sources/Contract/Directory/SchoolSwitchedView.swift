/// A school whose events ring from now on, or not.
package struct SchoolSwitchedView: WireView {
    package var school = ""
    package var isActive = false
    package var hasChanged = false
    package var operation = ""

    package init() {}

    package static let members: [WireMember<SchoolSwitchedView>] = [
        .always("school", \.school), .always("active", \.isActive), .always("changed", \.hasChanged),
        .always("operation", \.operation),
    ]
}
