package import Domain

/// What a delivery needs of its device at the moment it is sent.
package struct DeviceAddress: Sendable {
    package var owner: PersonID
    /// The owner's name outside: what the phone gets as `receiver`.
    package var ownerID: String
    /// ``Target/bytes``: only its provider reads it.
    package var target: [UInt8]
    package var targetHash: TargetHash
    package var registeredAt: Instant
    package var state: DeviceState
    /// nil: the app did not say.
    package var platform: Platform?
    /// The language to speak to its owner in: the device's, else the directory's. A guardian's own choice goes before both: here is its place.
    package var locale: String?
    /// Nothing may be sent to its owner.
    package var isRestricted: Bool
    /// It is disabled, and by an operator: no provider said anything of its target.
    package var isRevoked: Bool
}
