package import Domain
package import FanOut

/// A lane's name and what it serves.
package struct LaneIdentity: Hashable, Sendable {
    /// `<provider>/<name>`, or `<provider>/<host[:port]>`.
    package var name: String
    package var key: LaneKey

    package init(name: String, key: LaneKey) {
        self.name = name
        self.key = key
    }
}

/// A lane as the configuration makes it: one credential and environment of one provider.
package struct LaneDefinition: Sendable {
    package var identity: LaneIdentity
    package var provider: any ProviderLane
    package var engine: LaneConfiguration
    package var bounds: LaneBounds

    package var name: String { identity.name }
    package var key: LaneKey { identity.key }

    package init(
        _ identity: LaneIdentity,
        provider: any ProviderLane,
        engine: LaneConfiguration,
        bounds: LaneBounds
    ) {
        self.identity = identity
        self.provider = provider
        self.engine = engine
        self.bounds = bounds
    }
}

extension LaneConfiguration {
    /// The address policy in the ordinary client's terms; nil: any address.
    package var ordinaryPolicy: (@Sendable ([UInt8]) -> Bool)? {
        guard proxy == nil, case .check(let passes) = addressPolicy else { return nil }
        return { bytes in passes(ResolvedAddress(family: bytes.count == 4 ? .ipv4 : .ipv6, bytes: bytes)) }
    }
}
