/// Guardians by how they stand.
package struct StandingCounts: WireView {
    package var total = 0
    package var reached = 0
    package var waiting = 0
    package var notReached = 0

    package init() {}

    package static let members: [WireMember<StandingCounts>] = [
        .always("total", \.total), .always("reached", \.reached), .always("waiting", \.waiting),
        .always("notReached", \.notReached),
    ]
}
