package import Domain

/// Seals the next devices with the first storage key.
package struct ResealOrderView: WireView {
    package var actor: String?
    package var why: String?
    /// `next` of the answer before.
    package var after: Int?

    package init() {}

    package static let members: [WireMember<ResealOrderView>] = [
        .maybe("actor", \.actor), .maybe("why", \.why), .maybe("after", \.after),
    ]
}

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
