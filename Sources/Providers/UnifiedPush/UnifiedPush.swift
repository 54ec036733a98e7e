package import Domain
package import Settings
import WebClient

/// UnifiedPush [SERV 1.2.0, AND 3.0.0]: phones without Google's services, rung through a push server of the parent's choice with the
/// encryption and the signature of Web Push. Nobody can list the servers: instead each endpoint that registers is asked whether it is one.
package struct UnifiedPush: Provider {
    package static let id = ProviderID(4)
    package static let name = "unifiedpush"
    /// First byte of the stored form of its addresses.
    static let form: UInt8 = 5

    package static let isServiceNamedByAddress = true

    package var sender: VAPIDSender

    package var server: String? { nil }
    package func owns(lane: String) -> Bool { lane.hasPrefix(Self.name + "/") }
    package var credential: CredentialFile { sender.credential(of: Self.name) }
    package var subscriptionKey: String? { sender.subscriptionKey }
    private var rules: EndpointRules { EndpointRules(anyHostWithPrivate: sender.allowsPrivateAddresses) }

    package static func read(from providers: SettingsSection) -> [UnifiedPush] {
        providers.sectionIfPresent(name).map { [UnifiedPush(reading: $0)] } ?? []
    }

    private init(reading section: SettingsSection) {
        sender = VAPIDSender(reading: section)
        section.close()
    }

    package static func targetForm(_ configured: [any Provider]) -> any TargetForm {
        let own = configured.lazy.compactMap { $0 as? UnifiedPush }.first
        return SubscriptionForm(provider: name, id: id, form: form, rules: own?.rules ?? EndpointRules([]))
    }

    package func verify(_ target: Target, in network: ProviderNetwork) async -> FieldError? {
        guard let endpoint = Subscription(stored: target.bytes)?.endpoint else { return nil }
        let service: PushEndpoint
        do { service = try PushEndpoint(endpoint) } catch { return nil }
        return await UnifiedPushDiscovery.verify(
            endpoint,
            with: network.client,
            isAddressAllowed: network.engine(service: service, allowsPrivateAddresses: sender.allowsPrivateAddresses)
                .ordinaryPolicy
        )
    }

    package static func classify(status: Int, body: [UInt8], retryAfter: String?, host: String, now: Instant)
        -> Classification
    {
        // The statuses are those of Web Push; a server says nothing in its body.
        WebPushAnswer.classify(status: status, body: body, retryAfter: retryAfter, host: host, now: now)
    }

    package static func body(saying word: String) -> JSONValue { ["reason": .string(word)] }

    package func lane(at authority: String) -> LaneIdentity? {
        rules.endpoint(authority: authority).map { _ in Self.lane(authority, app: authority) }
    }

    package func definition(of lane: LaneIdentity, in network: ProviderNetwork) throws -> LaneDefinition {
        // A server of one family has a small machine; more than this it meets with 429.
        try sender.definition(of: lane, in: network, form: Self.form, bounds: LaneBounds(windowMax: 20))
    }
}

extension Target {
    package static func unifiedpush(_ subscription: Subscription) -> Target {
        subscription.target(of: UnifiedPush.id, form: UnifiedPush.form)
    }
}

extension ProviderID {
    package static let unifiedpush = UnifiedPush.id
}
