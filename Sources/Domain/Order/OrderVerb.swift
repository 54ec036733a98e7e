/// What an operator may do to deliveries in bulk.
package enum OrderVerb: String, CaseIterable, Sendable {
    /// Makes deferred and dead deliveries due now; the dead begin to count anew.
    case retry
    /// Nothing more is sent of them, and they do not expire, until they are released.
    case hold
    /// What was held goes on; what has outlived its time meanwhile ends expired.
    case release
    /// Ends them as dropped.
    case drop
    /// Ends them as expired.
    case expire
    /// Ends all that waits of one event as withdrawn, for good: the publication itself is taken back.
    case withdraw
    /// Ends all that waits of one event, since a newer revision takes its place. Ordered by the acceptance of that one alone.
    case supersede
    /// Rings again, with deliveries of their own, those of one event who were not reached. It changes no delivery that exists.
    case resend

    /// What a person may order.
    package static let ofOperators = allCases.filter { $0 != .supersede }

    /// States it changes. Dead letters are dropped only when they were asked for: the reason they died of is worth keeping.
    package func eligible(withDead: Bool) -> Set<DeliveryState> {
        switch self {
        case .retry: [.deferred, .dead]
        case .hold: [.pending, .deferred]
        case .release: [.held]
        case .drop: withDead ? [.pending, .deferred, .held, .dead] : [.pending, .deferred, .held]
        case .expire, .withdraw, .supersede: [.pending, .deferred, .held]
        case .resend: []
        }
    }

    /// How a delivery stands that was under way when the order came and is not accepted; nil: the order does not stop any.
    package var mark: SlotResult? {
        switch self {
        case .retry, .release, .resend: nil
        case .hold: SlotResult(.held, reason: .held)
        case .drop: SlotResult(.dropped, reason: .dropped)
        case .expire: SlotResult(.expired, reason: .expired)
        case .withdraw: SlotResult(.dropped, reason: .withdrawn)
        case .supersede: SlotResult(.dropped, reason: .superseded)
        }
    }

    /// True when nothing brings back what it ends: it is confirmed first.
    package var isForGood: Bool { self == .drop || self == .withdraw }

    /// True when the event itself was marked in the commit that made the order: nothing may stop it before its end.
    package var isBinding: Bool { self == .withdraw || self == .supersede }

    /// True when the reason must be given.
    package var needsWhy: Bool { self == .hold || isForGood }

    /// Rows written for each delivery bound what one commit may hold; endings of what is pending write none.
    package var deliveriesPerCommit: Int {
        switch self {
        case .retry, .hold, .release, .resend: 1000
        case .drop, .expire, .withdraw, .supersede: 10_000
        }
    }

    /// What it says of an event's pages that are still to be made.
    package var standing: StandingOrder? {
        switch self {
        case .hold: .hold
        case .drop: .drop
        case .expire: .expire
        case .release: StandingOrder.none
        case .withdraw: .withdraw
        case .supersede: .supersede
        case .retry, .resend: nil
        }
    }
}
