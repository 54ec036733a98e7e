package import Domain
package import Store

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
    case filter(FilterWords.WordError)
    case store(StoreError)
}
