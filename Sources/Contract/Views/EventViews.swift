package import Domain

/// The answer to an event that was accepted.
package struct ReceiptView: WireView {
    package var id = ""
    package var state = ""
    package var isDuplicate = false
    package var unresolved: [JSONValue] = []
    package var warnings: [ReceiptWarningView] = []
    /// When quiet hours end that hold it up; null: nothing holds it up.
    package var opensAt: Instant?

    package init() {}

    package static let members: [WireMember<ReceiptView>] = [
        .always("id", \.id), .always("state", \.state), .always("duplicate", \.isDuplicate),
        .always("unresolved", \.unresolved), .always("warnings", \.warnings), .always("opensAt", \.opensAt),
    ]
}

/// Something of an accepted event that does less than its sender may think.
package struct ReceiptWarningView: WireView {
    package var pointer = ""
    package var code = ""
    package var detail = ""

    package init() {}

    package init(_ warning: ReceiptWarning) {
        (pointer, code, detail) = (warning.pointer, warning.code, warning.detail)
    }

    package static let members: [WireMember<ReceiptWarningView>] = [
        .always("pointer", \.pointer), .always("code", \.code), .always("detail", \.detail),
    ]
}

/// One event of a batch.
package struct BatchResultView: WireView {
    package var index = 0
    package var status = 0
    package var id: String?
    package var state: String?
    package var isDuplicate: Bool?
    package var unresolved: [JSONValue]?
    package var warnings: [ReceiptWarningView]?
    package var opensAt: Instant?
    package var problem: JSONObject?

    package init() {}

    package static let members: [WireMember<BatchResultView>] = [
        .always("index", \.index), .always("status", \.status), .maybe("id", \.id), .maybe("state", \.state),
        .maybe("duplicate", \.isDuplicate), .maybe("unresolved", \.unresolved),
        .maybe("warnings", \.warnings), .maybe("opensAt", \.opensAt), .maybe("problem", \.problem),
    ]
}

/// How an event stands.
package struct EventView: WireView {
    package var id = ""
    package var state = ""
    package var publisher = ""
    package var school: String?
    package var app = ""
    package var action = ""
    package var urgency = ""
    package var acceptedAt = Instant(milliseconds: 0)
    package var notBefore: Instant?
    package var expiresAt = Instant(milliseconds: 0)
    package var doneAt: Instant?
    /// The first event of its subject.
    package var corrects: String?
    /// Events of the same words that ring somebody for this one.
    package var mergedWith: [JSONValue]?
    /// Of the accepted deliveries those that one message for several events announced; absent when there is none.
    package var inRecap: Int?
    package var withdrawnAt: Instant?
    package var withdrawnReason: String?
    package var dataClass = ""
    /// Of class `encrypted`, as far as anything is sent: `encrypted`, or `generic` when no device had keys.
    package var sentAs: String?
    /// Of the accepted deliveries those to phones without keys; absent when there is none.
    package var sentAsGeneric: Int?
    package var guardians = StandingCounts()
    package var pupils = PupilCounts()
    package var otherUsers = 0
    package var unresolved: [JSONValue] = []
    package var warnings: [ReceiptWarningView] = []
    package var deliveries = DeliveryCounts()
    /// Guardians by reason.
    package var waiting = Counts()
    /// Guardians by reason.
    package var notReached = Counts()
    /// Others than guardians, by reason.
    package var otherUsersWaiting = Counts()
    /// Others than guardians, by reason.
    package var otherUsersNotReached = Counts()
    /// Its details are gone, and these numbers are what is kept; absent of an event that is there.
    package var isPruned: Bool?
    /// When quiet hours end for the first who waits for it; null: nobody does.
    package var opensAt: Instant?

    package init() {}

    package static let members: [WireMember<EventView>] = [
        .always("id", \.id), .always("state", \.state), .always("publisher", \.publisher),
        .always("school", \.school), .always("app", \.app), .always("action", \.action),
        .always("urgency", \.urgency), .always("acceptedAt", \.acceptedAt), .always("notBefore", \.notBefore),
        .always("expiresAt", \.expiresAt), .always("doneAt", \.doneAt), .maybe("corrects", \.corrects),
        .maybe("mergedWith", \.mergedWith), .maybe("inRecap", \.inRecap), .maybe("withdrawnAt", \.withdrawnAt),
        .maybe("withdrawnReason", \.withdrawnReason),
        .always("dataclassification", \.dataClass), .maybe("sentAs", \.sentAs),
        .maybe("sentAsGeneric", \.sentAsGeneric), .always("guardians", \.guardians),
        .always("pupils", \.pupils), .always("otherUsers", \.otherUsers), .always("unresolved", \.unresolved),
        .always("warnings", \.warnings), .always("deliveries", \.deliveries), .always("waiting", \.waiting),
        .always("notReached", \.notReached),
        .always("otherUsersWaiting", \.otherUsersWaiting), .always("otherUsersNotReached", \.otherUsersNotReached),
        .maybe("pruned", \.isPruned),
        .always("opensAt", \.opensAt),
    ]
}

/// One event of a list; ``EventView`` has the numbers.
package struct EventRowView: WireView {
    package var id = ""
    package var state = ""
    package var publisher = ""
    package var school: String?
    package var app = ""
    package var action = ""
    package var urgency = ""
    package var subject: String?
    package var acceptedAt = Instant(milliseconds: 0)
    package var notBefore: Instant?
    package var expiresAt = Instant(milliseconds: 0)
    package var doneAt: Instant?

    package init() {}

    package static let members: [WireMember<EventRowView>] = [
        .always("id", \.id), .always("state", \.state), .always("publisher", \.publisher),
        .always("school", \.school), .always("app", \.app), .always("action", \.action),
        .always("urgency", \.urgency), .always("subject", \.subject), .always("acceptedAt", \.acceptedAt),
        .always("notBefore", \.notBefore), .always("expiresAt", \.expiresAt), .always("doneAt", \.doneAt),
    ]
}

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

/// Pupils by whether their guardians were reached.
package struct PupilCounts: WireView {
    package var total = 0
    package var withReachedGuardian = 0
    package var withAllGuardiansReached = 0
    package var withoutGuardian = 0

    package init() {}

    package static let members: [WireMember<PupilCounts>] = [
        .always("total", \.total), .always("withReachedGuardian", \.withReachedGuardian),
        .always("withAllGuardiansReached", \.withAllGuardiansReached), .always("withoutGuardian", \.withoutGuardian),
    ]
}

/// Deliveries by state.
package struct DeliveryCounts: WireView {
    package var total = 0
    package var accepted = 0
    package var pending = 0
    package var deferred = 0
    package var rejected = 0
    package var expired = 0
    package var withheld = 0

    package init() {}

    package static let members: [WireMember<DeliveryCounts>] = [
        .always("total", \.total), .always("accepted", \.accepted), .always("pending", \.pending),
        .always("deferred", \.deferred), .always("rejected", \.rejected), .always("expired", \.expired),
        .always("withheld", \.withheld),
    ]
}

/// A pruned event of which nothing could be read any more.
package struct PrunedView: WireView {
    package var id = ""
    package var isPruned = true

    package init() {}

    package static let members: [WireMember<PrunedView>] = [.always("id", \.id), .always("pruned", \.isPruned)]
}

/// An event that was taken back.
package struct WithdrawalView: WireView {
    package var id = ""
    package var state = ""
    package var withdrawnAt = Instant(milliseconds: 0)
    package var reason = ""

    package init() {}

    package static let members: [WireMember<WithdrawalView>] = [
        .always("id", \.id), .always("state", \.state), .always("withdrawnAt", \.withdrawnAt),
        .always("reason", \.reason),
    ]
}

/// Why a publisher takes an event back.
package struct WithdrawalOrderView: WireView {
    package var reason: String?

    package init() {}

    package static let members: [WireMember<WithdrawalOrderView>] = [
        .always("reason", \.reason)
    ]
}

/// Who is to be rung once more: `notReached`.
package struct ResendOrderView: WireView {
    package var to: String?

    package init() {}

    package static let members: [WireMember<ResendOrderView>] = [.always("to", \.to)]
}

/// What a resend does.
package struct ResendView: WireView {
    /// nil of a dry run, and when nobody is left to ring.
    package var operation: String?
    package var deliveries = 0

    package init() {}

    package static let members: [WireMember<ResendView>] = [
        .always("operation", \.operation), .always("deliveries", \.deliveries),
    ]
}

/// What became of a batch, event by event.
package struct BatchView: WireView {
    package var results: [BatchResultView] = []

    package init() {}

    package static let members: [WireMember<BatchView>] = [.always("results", \.results)]
}
