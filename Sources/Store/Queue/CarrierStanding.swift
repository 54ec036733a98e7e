package import Domain

/// How the delivery stands that announces others.
package enum CarrierStanding: Hashable, Sendable {
    /// A provider accepted it.
    case reached
    /// It is still to be sent, or answered; when it was due or is.
    case waiting(dueAt: Instant?)
}
