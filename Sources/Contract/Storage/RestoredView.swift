package import Domain

/// How many devices ring again, or would.
package struct RestoredView: WireView {
    package var lane = ""
    package var since = Instant(milliseconds: 0)
    package var restored = 0
    package var isDryRun = false

    package init() {}

    package static let members: [WireMember<RestoredView>] = [
        .always("lane", \.lane), .always("since", \.since), .always("restored", \.restored),
        .always("dryRun", \.isDryRun),
    ]
}
