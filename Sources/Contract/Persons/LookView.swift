package import Domain

/// That somebody was shown names or who is concerned.
package struct LookView: WireView {
    package var at = Instant(milliseconds: 0)
    package var actor = ""
    /// `person.export directory.show user.trace device.list device.show event.reach event.trace event.search delivery.list delivery.show`.
    package var what = ""
    /// The number of the person's row, as in the log of orders (`person=#17`).
    package var person: Int?
    package var event: String?

    package init() {}

    package static let members: [WireMember<LookView>] = [
        .always("at", \.at), .always("actor", \.actor), .always("what", \.what), .always("person", \.person),
        .always("event", \.event),
    ]
}
