package import Domain
package import FanOut
package import WebClient

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

/// What a lane may ask of its provider.
package struct LaneBounds: Hashable, Sendable {
    /// Requests under way at most.
    package var windowMax: Int
    /// The provider's quota of the credential; nil: none is known.
    package var messagesPerMinute: Int?
    /// Of one phone; nil: the provider has none.
    package var deviceMessagesPerMinute: Int?

    package init(windowMax: Int, messagesPerMinute: Int? = nil, deviceMessagesPerMinute: Int? = nil) {
        self.windowMax = windowMax
        self.messagesPerMinute = messagesPerMinute
        self.deviceMessagesPerMinute = deviceMessagesPerMinute
    }
}

/// How a provider reaches its servers, as the assembly sets it up: proxy and certificates.
package struct ProviderNetwork: Sendable {
    /// For requests beside the engine: token endpoints, push services without HTTP/2.
    package var client: WebClient
    /// A lane's engine for a host and port.
    package var engine: @Sendable (_ host: String, _ port: UInt16, _ rules: PoolRules) -> LaneConfiguration
    /// Told the Date of an answer of a lane's token endpoint: how far our clock is from its.
    package var dated: @Sendable (_ lane: String, _ date: String?) -> Void

    package init(
        client: WebClient,
        dated: @escaping @Sendable (_ lane: String, _ date: String?) -> Void = { _, _ in },
        engine: @escaping @Sendable (_ host: String, _ port: UInt16, _ rules: PoolRules) -> LaneConfiguration
    ) {
        self.client = client
        self.dated = dated
        self.engine = engine
    }

    /// The engine for `https://host[:port]`, whose form was checked with the configuration.
    func engine(server: String, _ rules: PoolRules) -> LaneConfiguration {
        let authority = server.split(separator: "/").last.map(String.init) ?? server
        let (host, port) = PushEndpoint.split(authority) ?? (authority, nil)
        return engine(host, UInt16(port ?? 443), rules)
    }
}

extension LaneConfiguration {
    /// The address policy in the ordinary client's terms; nil: any address.
    package var ordinaryPolicy: (@Sendable ([UInt8]) -> Bool)? {
        guard proxy == nil, case .check(let passes) = addressPolicy else { return nil }
        return { bytes in passes(ResolvedAddress(family: bytes.count == 4 ? .ipv4 : .ipv6, bytes: bytes)) }
    }
}
