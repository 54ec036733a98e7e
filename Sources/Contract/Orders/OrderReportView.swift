/// What an order matches, and what became of it.
package struct OrderReportView: WireView {
    package var operation: String?
    package var verb = ""
    package var filter = ""
    package var matched = 0
    package var eligible = 0
    package var notEligible = Counts()
    package var changed = 0
    package var skipped = Counts()
    /// `planned running done cancelled failed`.
    package var state: String?
    package var byEvent: [EventCount] = []
    package var sample: [String] = []
    package var bindsWhatComes = false

    package init() {}

    package static let members: [WireMember<OrderReportView>] = [
        .always("operation", \.operation), .always("verb", \.verb), .always("filter", \.filter),
        .always("matched", \.matched), .always("eligible", \.eligible), .always("notEligible", \.notEligible),
        .always("changed", \.changed), .always("skipped", \.skipped), .always("state", \.state),
        .always("byEvent", \.byEvent), .always("sample", \.sample), .always("bindsWhatComes", \.bindsWhatComes),
    ]
}
