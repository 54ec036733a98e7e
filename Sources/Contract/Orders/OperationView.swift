package import Domain

/// An order as the log keeps it.
package struct OperationView: WireView {
    package var operation = ""
    package var at = Instant(milliseconds: 0)
    package var actor = ""
    package var verb = ""
    package var filter = ""
    package var matched = 0
    package var eligible = 0
    package var changed = 0
    package var skipped = Counts()
    /// `running done cancelled failed`.
    package var state = ""
    package var endedAt: Instant?
    package var why = ""

    package init() {}

    package static let members: [WireMember<OperationView>] = [
        .always("operation", \.operation), .always("at", \.at), .always("actor", \.actor), .always("verb", \.verb),
        .always("filter", \.filter), .always("matched", \.matched), .always("eligible", \.eligible),
        .always("changed", \.changed), .always("skipped", \.skipped), .always("state", \.state),
        .always("endedAt", \.endedAt), .always("why", \.why),
    ]
}
