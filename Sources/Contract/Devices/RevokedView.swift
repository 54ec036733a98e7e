/// A device that rings no more.
package struct RevokedView: WireView {
    package var installation = ""
    package var state = ""
    package var operation = ""

    package init() {}

    package static let members: [WireMember<RevokedView>] = [
        .always("installation", \.installation), .always("state", \.state), .always("operation", \.operation),
    ]
}
