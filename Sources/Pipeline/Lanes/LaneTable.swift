package import Domain

/// Which lane rings a device: by provider, app and environment; a browser's by the host of its push service.
package struct LaneTable: Sendable {
    package struct Key: Hashable, Sendable {
        package var provider: Provider
        package var environment: PushEnvironment
        package var app: String

        package init(provider: Provider, environment: PushEnvironment, app: String) {
            self.provider = provider
            self.environment = environment
            self.app = app
        }
    }

    private var lanes: [Key: LaneID] = [:]
    package private(set) var names: [LaneID: String] = [:]

    package init() {}

    package mutating func add(_ lane: LaneID, name: String, for key: Key) {
        lanes[key] = lane
        names[lane] = name
    }

    /// nil: no credential is configured for such a device.
    package func lane(provider: Provider, environment: PushEnvironment, app: String) -> LaneID? {
        // FCM and Web Push know one world only.
        lanes[Key(provider: provider, environment: provider == .apns ? environment : .production, app: app)]
    }

    package func lane(named name: String) -> LaneID? { names.first { $0.value == name }?.key }
}
