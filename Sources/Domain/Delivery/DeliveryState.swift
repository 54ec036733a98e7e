/// How a delivery stands: the first byte of its slot in a page's result. A number is never reused; 9 is ``SlotResult/isSentAsGeneric``.
package enum DeliveryState: UInt8, Hashable, Sendable, CaseIterable {
    /// To do. Can transition to every other state.
    case pending = 0
    /// The provider accepted it, or the recap that announces it. Terminal.
    case accepted = 1
    /// A row in `retry` says when it is tried again. Can transition to every state but pending.
    case deferred = 2
    /// Rejected for good; the reason says why. Terminal.
    case rejected = 3
    /// Its time to live ended first. Terminal.
    case expired = 4
    /// Nothing is sent to this person; the reason says why. Only on lane 0. Terminal.
    case withheld = 5
    /// Too many attempts; a row in `dead` keeps it. Terminal, but an operator may retry it.
    case dead = 6
    /// Dropped by an operator or withdrawn by the ENT. Terminal.
    case dropped = 7
    /// An operator holds it; a row in `held` keeps what it needs to go on. Never expires by itself. Can transition to: deferred (release),
    /// expired, dropped.
    case held = 8

    package var isTerminal: Bool { self != .pending && self != .deferred && self != .held }

    /// The phone has rung, or may still do so.
    package var rings: Bool { !isTerminal || self == .accepted }
}
