import Delivery
import Domain
import FanOut
import Providers
import Settings
import WebClient

/// The lanes of the configuration.
enum Lanes {
    /// One definition per credential; the contents of key files were checked with the settings.
    static func definitions(_ settings: Settings, client: WebClient, skews: ClockSkews) throws -> [LaneDefinition] {
        let network = network(settings, client, skews)
        return try settings.providers.all.flatMap { provider in
            try provider.lanes.map { try provider.definition(of: $0, in: network) }
        }
    }

    /// Makes the lanes of the push services that addresses name.
    static func services(_ settings: Settings, client: WebClient, skews: ClockSkews) -> ServiceLanes {
        let (providers, network) = (settings.providers, network(settings, client, skews))
        return ServiceLanes(of: providers.opening, client: client) { service in
            guard let (provider, lane) = providers.lane(of: service.provider, at: service.app) else { return nil }
            return try provider.definition(of: lane, in: network)
        }
    }

    /// How providers reach their servers.
    static func network(_ settings: Settings, _ client: WebClient, _ skews: ClockSkews) -> ProviderNetwork {
        let proxy = settings.proxy.map { proxy in
            let parts = proxy.credentials?.text.split(separator: ":", maxSplits: 1).map(String.init) ?? []
            return Proxy(
                host: proxy.host,
                port: UInt16(proxy.port),
                credentials: parts.count == 2 ? .init(user: parts[0], password: parts[1]) : nil
            )
        }
        return ProviderNetwork(client: client, dated: { skews.note($0, date: $1) }) {
            [caFile = settings.tls.caFile] host, port, rules in
            var configuration = LaneConfiguration(host: host, port: port, extraCAFile: caFile, rules: rules)
            configuration.proxy = proxy
            return configuration
        }
    }
}
