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

    /// PEM of the VAPID key; empty when secrets were not read.
    package var key: Secret
    package var keyFile: String
    /// `mailto:` or `https:` of who answers for the messages [RFC 8292 §2.1].
    package var subject: String
    /// Where the ENT's pages are; nil: none.
    package var baseURL: String?
    /// Simulators on private addresses may be called.
    package var allowsPrivateAddresses: Bool
    package var expires: Instant?

    package var server: String? { nil }
    package func owns(lane: String) -> Bool { lane.hasPrefix(Self.name + "/") }
    package var subscriptionKey: String? { WebPushCredential.publicKey(of: key, subject: subject) }
    private var rules: EndpointRules { EndpointRules(anyHostWithPrivate: allowsPrivateAddresses) }

    package var credential: CredentialFile {
        CredentialFile(subject: Self.name, path: keyFile, what: "VAPID key", expires: expires)
    }

    package static func read(from providers: SettingsSection) -> [UnifiedPush] {
        providers.sectionIfPresent(name).map { [UnifiedPush(reading: $0)] } ?? []
    }

    private init(reading section: SettingsSection) {
        let file = section.path("keyFile")
        keyFile = file
        let isPrivate = section.allowsPrivateAddresses()
        let subject = section.vapidSubject(ofSimulator: isPrivate)
        self.subject = subject
        key = section.vapidKey(path: file, subject: subject, ofSimulator: isPrivate)
        allowsPrivateAddresses = isPrivate
        baseURL = section.navigationBase()
        expires = section.day("expires")
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
            isAddressAllowed: network.engine(service: service, allowsPrivateAddresses: allowsPrivateAddresses)
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
        let service = try PushEndpoint("https://\(lane.key.app)/")
        return LaneDefinition(
            lane,
            provider: WebPushLane(
                provider: Self.id,
                form: Self.form,
                credential: try WebPushCredential(pem: key.text, subject: subject),
                service: service,
                base: baseURL.flatMap(NavigationBase.init)
            ),
            engine: network.engine(service: service, allowsPrivateAddresses: allowsPrivateAddresses),
            // A server of one family has a small machine; more than this it meets with 429.
            bounds: LaneBounds(windowMax: 20)
        )
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
