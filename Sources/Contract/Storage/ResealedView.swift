/// How far sealing anew has come.
package struct ResealedView: WireView {
    package var looked = 0
    package var moved = 0
    /// Cannot be opened.
    package var failed = 0
    /// nil after the last device.
    package var next: Int?

    package init() {}

    package static let members: [WireMember<ResealedView>] = [
        .always("looked", \.looked), .always("moved", \.moved), .always("failed", \.failed), .always("next", \.next),
    ]
}
