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
    /// Push services that get no lane: not allowed, or too many.
    private var closedServices: Set<String> = []
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

    package enum ServiceLane: Hashable, Sendable {
        case lane(LaneID)
        case closed
        /// Nobody has asked for it yet.
        case unknown
    }

    /// The lane of a push service by its `host[:port]`.
    package func lane(ofService authority: String) -> ServiceLane {
        if closedServices.contains(authority) { return .closed }
        let key = Key(provider: .webpush, environment: .production, app: authority)
        return lanes[key].map { .lane($0) } ?? .unknown
    }

    package mutating func close(service authority: String) { closedServices.insert(authority) }

    package func lane(named name: String) -> LaneID? { names.first { $0.value == name }?.key }
}
