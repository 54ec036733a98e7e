package import Domain

/// A device of a person, as an expansion needs it.
package struct DeviceRoute: Sendable, Equatable {
    package var id: DeviceID
    package var provider: ProviderID
    package var environment: PushEnvironment
    package var app: String
    package var host: String?
    package var state: DeviceState
}
