package import Domain

/// A device as lists show it; the target stays sealed, only its last four characters are shown.
package struct DeviceRow: Sendable {
    package var id: DeviceID
    package var installation: String
    package var owner: PersonID
    package var ownerID: String
    package var provider: ProviderID
    package var environment: PushEnvironment
    package var app: String
    package var platform: String
    package var host: String?
    package var locale: String?
    package var tokenTail: String
    package var tokenKind: String
    package var state: DeviceState
    package var reason: String?
    package var registeredAt: Instant
    package var lastSeenAt: Instant
}
