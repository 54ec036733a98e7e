/// What runs.
package struct VersionView: WireView {
    package var version = ""

    package init() {}

    package static let members: [WireMember<VersionView>] = [
        .always("version", \.version)
    ]
}
