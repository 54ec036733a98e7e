package import Domain

/// A proof that waits for a person's word.
package struct HeldFault: Sendable {
    package var device: DeviceID
    /// What applying it would make of the device.
    package var state: DeviceState
    package var at: Instant
    package var reason: String
}
