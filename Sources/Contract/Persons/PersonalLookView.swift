package import Domain

/// The same as the person is told.
package struct PersonalLookView: WireView {
    package var at = Instant(milliseconds: 0)
    package var what = ""
    /// `operator`, or `publisher NAME`.
    package var by = ""
    /// One that concerned the person, where that was looked at.
    package var event: String?

    package init() {}

    package static let members: [WireMember<PersonalLookView>] = [
        .always("at", \.at), .always("what", \.what), .always("by", \.by), .always("event", \.event),
    ]
}
