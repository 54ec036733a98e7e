package import Domain
package import Store

/// What an operator asks for.
package struct Order: Sendable {
    package var verb: OrderVerb
    package var scope: OrderScope
    package var why: String
    package var actor: String
    /// Only says what would change.
    package var isDryRun = false
    /// Refuses to change more than this.
    package var expect: Int?
    /// `--yes`: needed to drop, and beyond ``confirmedMax``.
    package var isConfirmed = false

    /// Deliveries an order may change without being confirmed.
    package static let confirmedMax = 100
    /// Deliveries named one by one; beyond it a filter is meant.
    package static let deliveriesMax = 10_000

    package init(verb: OrderVerb, scope: OrderScope, why: String, actor: String) {
        self.verb = verb
        self.scope = scope
        self.why = why
        self.actor = actor
    }
}

/// Why an order is not begun; nothing was changed.
package enum OrderRefusal: Error, Sendable {
    /// Neither a filter nor a delivery is named.
    case noFilter
    case needsWhy
    case needsConfirmation(OrderReport)
    case expectExceeded(OrderReport)
    case nothingMatched
    /// What it is about cannot be changed so.
    case nothingEligible(OrderReport)
    /// Only a whole event is withdrawn.
    case wholeEventOnly
    /// All of it has ended: nothing can be taken back.
    case eventEnded(EventID)
    /// It was taken back or replaced: nobody is rung for it any more.
    case eventWithdrawn(EventID)
    /// Nobody sends here: the service is down.
    case needsService
    case tooManyDeliveries
    case filter(FilterWords.Problem)
    case store(StoreError)
}
