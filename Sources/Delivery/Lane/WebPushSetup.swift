package import Domain
package import FanOut
package import Providers
package import WebClient

/// What lanes of push services are made of; they come into being when the first subscription of a service is to be rung.
package struct WebPushSetup: Sendable {
    package var credential: WebPushCredential
    package var rules: EndpointRules
    /// Where the ENT's pages are; nil: notifications carry no link of their own.
    package var base: NavigationBase?
    /// For services without HTTP/2.
    package var client: WebClient
    /// Where and how to connect; checks addresses.
    package var engine: @Sendable (PushEndpoint) -> LaneConfiguration
    /// Push services with a lane of their own. Browsers have four, UnifiedPush may bring one for each server of a city.
    package var lanesMax: Int

    package init(
        credential: WebPushCredential,
        rules: EndpointRules,
        base: NavigationBase?,
        client: WebClient,
        lanesMax: Int = Self.lanesMaxByDefault,
        engine: @escaping @Sendable (PushEndpoint) -> LaneConfiguration
    ) {
        self.credential = credential
        self.rules = rules
        self.base = base
        self.client = client
        self.lanesMax = lanesMax
        self.engine = engine
    }

    package static let namePrefix = "webpush/"
    package static let lanesMaxByDefault = 64

    /// The lane of a push service by its `host[:port]`; nil when the rules do not allow it (any more).
    func definition(authority: String) -> LaneDefinition? {
        // nil: a service that was taken off the list; its devices are treated as having no lane.
        guard let endpoint = rules.endpoint(authority: authority) else { return nil }
        return LaneDefinition(
            name: Self.namePrefix + authority,
            key: .init(provider: .webpush, environment: .production, app: authority),
            credential: .webpush(credential, endpoint),
            engine: engine(endpoint),
            // Encryption bounds it anyway; no service names a number.
            bounds: LaneBounds(windowMax: 100)
        )
    }
}
