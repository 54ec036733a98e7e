package import Domain

/// How long quiet hours hold up a delivery.
package struct QuietWait: Hashable, Sendable {
    /// When they end.
    package var opensAt: Instant
    /// When it is let go.
    package var dueAt: Instant

    package init(opensAt: Instant, dueAt: Instant) {
        self.opensAt = opensAt
        self.dueAt = dueAt
    }
}
