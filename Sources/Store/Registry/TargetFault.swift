package import Domain

/// A provider's word about the target of a device.
package struct TargetFault: Sendable {
    package enum Kind: Sendable {
        /// Gone; `since` is the provider's instant, else that of our send. A later registration survives.
        case gone(since: Instant)
        /// Malformed, or of another environment or project: not rung until it registers again.
        case suspect
        /// Accepted: it reaches a phone. Said only of a device that was ``DeviceState/unproven`` when it was loaded.
        case proven
    }

    package var lane: String
    package var device: DeviceID
    /// Of the target that was used: a device that has another by now keeps it.
    package var targetHash: [UInt8]
    package var kind: Kind
    /// The provider's reason word.
    package var reason: String
    /// The lane's removals were frozen when the word came: it waits for a person.
    package var isHeld: Bool

    /// It speaks for the device.
    package var isProof: Bool { if case .proven = kind { true } else { false } }

    package init(
        lane: String,
        device: DeviceID,
        targetHash: [UInt8],
        kind: Kind,
        reason: String,
        isHeld: Bool = false
    ) {
        self.lane = lane
        self.device = device
        self.targetHash = targetHash
        self.kind = kind
        self.reason = reason
        self.isHeld = isHeld
    }
}
