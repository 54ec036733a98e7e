package import Domain

/// A change of a device's state.
package struct DeviceChange: Hashable, Sendable {
    package var at: Instant
    /// nil: deleted.
    package var state: DeviceState?
    /// The lane whose answer proved it; nil for registrations and age.
    package var lane: String?
    package var reason: String
}
