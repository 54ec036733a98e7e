package import Domain

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
