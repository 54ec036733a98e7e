/// Alive, or ready.
package struct ReadyView: WireView {
    package var status = ""

    package init() {}

    package static let members: [WireMember<ReadyView>] = [
        .always("status", \.status)
    ]
}
