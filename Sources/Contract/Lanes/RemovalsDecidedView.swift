/// What became of what the mass guard held.
package struct RemovalsDecidedView: WireView {
    package var lane = ""
    /// `apply discard`.
    package var decision = ""
    /// Proofs that waited.
    package var held = 0
    /// Devices that are not rung any more.
    package var changed = 0

    package init() {}

    package static let members: [WireMember<RemovalsDecidedView>] = [
        .always("lane", \.lane), .always("decision", \.decision), .always("held", \.held),
        .always("changed", \.changed),
    ]
}
