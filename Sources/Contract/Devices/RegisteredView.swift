/// The answer to a registration.
package struct RegisteredView: WireView {
    package var installation = ""
    package var provider = ""
    package var environment = ""
    package var app = ""
    package var state = ""

    package init() {}

    package static let members: [WireMember<RegisteredView>] = [
        .always("installation", \.installation), .always("provider", \.provider),
        .always("environment", \.environment), .always("app", \.app), .always("state", \.state),
    ]
}
