package import Domain

/// What every order says of itself; both go to the audit log. Of a pause also when the lane resumes by itself, of removals what to do with them, of an approval whether a changed difference will do.
package struct OrderView: WireView {
    package var actor: String?
    package var why: String?
    package var until: Instant?
    package var decision: String?
    package var isConfirmed: Bool?

    package init() {}

    package static let members: [WireMember<OrderView>] = [
        .maybe("actor", \.actor), .maybe("why", \.why), .maybe("until", \.until), .maybe("decision", \.decision),
        .maybe("yes", \.isConfirmed),
    ]
}

/// An order about deliveries: named, or those a filter matches.
package struct BulkOrderView: WireView {
    package var verb: String?
    package var ids: [String]?
    /// Lists of words by the name of the filter.
    package var filter: JSONObject?
    package var isDryRun: Bool?
    package var isConfirmed: Bool?
    package var isFresh: Bool?
    package var expect: Int?
    package var actor: String?
    package var why: String?

    package init() {}

    package static let members: [WireMember<BulkOrderView>] = [
        .always("verb", \.verb), .maybe("ids", \.ids), .maybe("filter", \.filter), .maybe("dryRun", \.isDryRun),
        .maybe("yes", \.isConfirmed), .maybe("fresh", \.isFresh), .maybe("expect", \.expect),
        .maybe("actor", \.actor), .maybe("why", \.why),
    ]
}

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

/// Deliveries of one event among those of an order.
package struct EventCount: WireView {
    package var event = ""
    package var eligible = 0

    package init() {}

    package static let members: [WireMember<EventCount>] = [
        .always("event", \.event), .always("eligible", \.eligible),
    ]
}

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
