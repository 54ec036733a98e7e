package import Domain

/// Whom an event would reach; numbers are named as in the event itself where they are the same.
package struct ForecastView: WireView {
    package var isPreview = false
    package var publisher: String?
    package var school: String?
    package var app = ""
    package var action = ""
    package var urgency = ""
    package var at = Instant(milliseconds: 0)
    package var notBefore: Instant?
    package var expiresAt = Instant(milliseconds: 0)
    package var dataClass = ""
    package var guardians = ReachableCounts()
    package var pupils = ReachablePupils()
    package var otherUsers = 0
    package var otherUsersReachable = 0
    package var unresolved: [JSONValue] = []
    package var warnings: [ReceiptWarningView] = []
    package var deliveries = ForecastDeliveries()
    package var lanes = Counts()
    /// Guardians who would be rung later, by reason.
    package var waiting = Counts()
    package var notReached = Counts()
    /// When quiet hours end for the first of them; null: they would be rung now.
    package var opensAt: Instant?

    package init() {}

    package static let members: [WireMember<ForecastView>] = [
        .always("preview", \.isPreview), .always("publisher", \.publisher), .always("school", \.school),
        .always("app", \.app), .always("action", \.action), .always("urgency", \.urgency), .always("at", \.at),
        .always("notBefore", \.notBefore), .always("expiresAt", \.expiresAt),
        .always("dataclassification", \.dataClass), .always("guardians", \.guardians), .always("pupils", \.pupils),
        .always("otherUsers", \.otherUsers), .always("otherUsersReachable", \.otherUsersReachable),
        .always("unresolved", \.unresolved), .always("warnings", \.warnings), .always("deliveries", \.deliveries),
        .always("lanes", \.lanes), .always("waiting", \.waiting), .always("notReached", \.notReached),
        .always("opensAt", \.opensAt),
    ]
}

/// Guardians who would be rung, and those who would not.
package struct ReachableCounts: WireView {
    package var total = 0
    package var reachable = 0
    package var notReached = 0

    package init() {}

    package static let members: [WireMember<ReachableCounts>] = [
        .always("total", \.total), .always("reachable", \.reachable), .always("notReached", \.notReached),
    ]
}

/// Pupils by whether their guardians would be rung.
package struct ReachablePupils: WireView {
    package var total = 0
    package var withReachableGuardian = 0
    package var withAllGuardiansReachable = 0
    package var withoutGuardian = 0

    package init() {}

    package static let members: [WireMember<ReachablePupils>] = [
        .always("total", \.total), .always("withReachableGuardian", \.withReachableGuardian),
        .always("withAllGuardiansReachable", \.withAllGuardiansReachable),
        .always("withoutGuardian", \.withoutGuardian),
    ]
}

/// Deliveries that would be made, by state.
package struct ForecastDeliveries: WireView {
    package var total = 0
    package var pending = 0
    package var deferred = 0
    package var rejected = 0
    package var expired = 0
    package var withheld = 0

    package init() {}

    package static let members: [WireMember<ForecastDeliveries>] = [
        .always("total", \.total), .always("pending", \.pending), .always("deferred", \.deferred),
        .always("rejected", \.rejected), .always("expired", \.expired), .always("withheld", \.withheld),
    ]
}
