package import Domain

/// Everything the registry has of a person, names included: for the person's own eyes, or a court's.
package struct PersonalRecord: Hashable, Sendable {
    package var entry: PersonEntry
    package var lastName = ""
    package var firstName = ""
    package var restrictedSince: Instant?
    package var devices: [Device] = []
    /// Of the accounts that have chosen something.
    package var choices: [Choices] = []

    /// A device of the person; no token or endpoint of it but the tail.
    package struct Device: Hashable, Sendable {
        package var installation: String
        package var app: String
        package var platform: String
        package var locale: String?
        package var timezone: String?
        package var appVersion: String?
        package var tokenTail: String
        package var state: DeviceState?
        package var registeredAt: Instant
        package var lastSeenAt: Instant
        package var history: [DeviceChange]
    }

    package struct Choices: Hashable, Sendable {
        package var account: String
        package var wishes: Wishes
    }
}
