/// Since when a lane is as it is. A probe is no change: what is closed stays closed until something is accepted, so `open` and `halfOpen` are
/// one here.
package struct LaneSince: Hashable, Sendable {
    /// A word of the API: `active paused draining open halfOpen credentialFault`.
    package private(set) var state: String
    package private(set) var at: Instant
    /// An active lane with a reason has a platform that waits.
    private var hasReason: Bool

    package init(state: String, at: Instant) {
        self.state = state
        self.at = at
        hasReason = false
    }

    /// - Returns: whether a person should be told.
    package mutating func see(_ state: String, reason: String, now: Instant) -> Bool {
        let isOther = Self.kind(state) != Self.kind(self.state)
        let isPlatform = !isOther && state == "active" && reason.isEmpty == hasReason
        if isOther { at = now }
        self.state = state
        hasReason = !reason.isEmpty
        return isOther || isPlatform
    }

    private static func kind(_ state: String) -> String { state == "halfOpen" ? "open" : state }
}
