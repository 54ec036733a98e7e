import Domain
package import FanOut
package import WebClient

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
