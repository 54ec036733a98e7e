package import Domain

/// Which lane rings a device: by provider, app and environment, or by the push service that its address names.
package struct LaneTable: Sendable {
    private var lanes: [LaneKey: LaneID] = [:]
    /// Push services that get no lane: not allowed, or too many.
    private var closedServices: Set<LaneKey> = []
    /// Providers whose lanes are opened when the first address of a push service is met.
    private let opening: Set<ProviderID>
    package private(set) var names: [LaneID: String] = [:]

    package init(opening: Set<ProviderID> = []) { self.opening = opening }

    package mutating func add(_ lane: LaneID, name: String, for key: LaneKey) {
        lanes[key] = lane
        names[lane] = name
    }

    /// nil: no credential is configured for such a device.
    package func lane(provider: ProviderID, environment: PushEnvironment, app: String) -> LaneID? {
        lanes[LaneKey(provider: provider, environment: environment, app: app)]
            ?? lanes[LaneKey(provider: provider, environment: nil, app: app)]
    }

    /// Whether a device that registers can be rung, now or after its push service's lane was opened.
    package func serves(_ registration: Registration) -> Bool {
        guard registration.target.authority == nil else { return opening.contains(registration.provider) }
        return lane(provider: registration.provider, environment: registration.environment, app: registration.app)
            != nil
    }

    package enum ServiceLane: Hashable, Sendable {
        case lane(LaneID)
        case closed
        /// Nobody has asked for it yet.
        case unknown
    }

    /// The lane of a push service; its key's `app` is the service's `host[:port]`.
    package func lane(ofService key: LaneKey) -> ServiceLane {
        if closedServices.contains(key) { return .closed }
        return lanes[key].map { .lane($0) } ?? .unknown
    }

    package mutating func close(service key: LaneKey) { closedServices.insert(key) }

    /// Lanes that addresses opened, of one provider.
    package func services(of provider: ProviderID) -> Int {
        opening.contains(provider) ? lanes.keys.count { $0.provider == provider } : 0
    }

    package func lane(named name: String) -> LaneID? { names.first { $0.value == name }?.key }
}
