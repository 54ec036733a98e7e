package import Domain

/// A lane as the store keeps it: the operator's order, and the condition the dispatcher last saw.
package struct StoredLane: Sendable {
    package enum Mode: Int, Sendable {
        case active = 0
        case paused = 1
        case draining = 2
    }
    package var id: LaneID
    package var name: String
    package var provider: ProviderID?
    package var mode: Mode
    package var actor: String?
    package var why: String?
    /// When a pause ends by itself.
    package var until: Instant?
    package var condition: String
    package var conditionReason: String
    /// Since when it is in the state that order and condition make; an order that changes nothing leaves it.
    package var changedAt: Instant
    package var virtualTime: Int64

    /// What a dispatcher that begins now says of it: sound until something else is met, unless an operator stopped it.
    package func since(now: Instant) -> LaneSince {
        switch mode {
        case .paused: LaneSince(state: "paused", at: changedAt)
        case .draining: LaneSince(state: "draining", at: changedAt)
        case .active:
            LaneSince(state: "active", at: condition == "active" && changedAt.milliseconds > 0 ? changedAt : now)
        }
    }
}
