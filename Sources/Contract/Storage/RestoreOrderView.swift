package import Domain

/// Undoes what a lane's answers made of devices since an instant.
package struct RestoreOrderView: WireView {
    package var actor: String?
    package var why: String?
    package var lane: String?
    package var since: Instant?
    package var isDryRun: Bool?

    package init() {}

    package static let members: [WireMember<RestoreOrderView>] = [
        .maybe("actor", \.actor), .maybe("why", \.why), .maybe("lane", \.lane), .maybe("since", \.since),
        .maybe("dryRun", \.isDryRun),
    ]
}
