package import Domain

/// A delivery that quiet hours hold or held up, and that others of its device may be announced with.
package struct DeviceWait: Hashable, Sendable {
    package var device: DeviceID
    package var delivery: DeliveryID
    package var event: EventID
    package var attempts: Int
    package var dueAt: Instant
    package var expiresAt: Instant
    /// When quiet hours end; nil: they have let it go.
    package var opensAt: Instant?
    /// Which delivery announces this one; nil: that is not decided.
    package var carrier: DeliveryID?

    package func isLetGo(_ now: Instant) -> Bool { opensAt == nil || dueAt <= now }
}
