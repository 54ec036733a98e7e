import Domain
import FanOut
package import Settings

/// Who sends to subscriptions: the key that signs, who answers for the messages, and how push services are reached. What Web Push and its
/// like configure alike.
package struct VAPIDSender: Sendable {
    /// PEM of the VAPID key; empty when secrets were not read.
    package let key: Secret
    private let keyFile: String
    /// `mailto:` or `https:` of who answers for the messages [RFC 8292 §2.1].
    package let subject: String
    /// Where the ENT's pages are, `https://host[:port]`: makes the links of a notification absolute; nil: none.
    private let baseURL: String?
    /// Simulators on private addresses may be called.
    package let allowsPrivateAddresses: Bool
    private let expires: Instant?

    /// Reads `keyFile`, `subject`, `allowPrivateAddresses`, `baseURL` and `expires`.
    init(reading section: SettingsSection) {
        keyFile = section.path("keyFile")
        allowsPrivateAddresses = section.allowsPrivateAddresses()
        subject = section.vapidSubject(ofSimulator: allowsPrivateAddresses)
        key = section.vapidKey(path: keyFile, subject: subject, ofSimulator: allowsPrivateAddresses)
        baseURL = section.navigationBase()
        expires = section.day("expires")
    }

    /// `name`: the provider's.
    func credential(of name: String) -> CredentialFile {
        CredentialFile(subject: name, path: keyFile, what: "VAPID key", expires: expires)
    }

    /// What browsers and phones subscribe with; nil when secrets were not read.
    var subscriptionKey: String? {
        do { return try WebPushCredential(pem: key.text, subject: subject).publicKey } catch { return nil }
    }

    /// `form`: first byte of the stored form of the provider's addresses.
    ///
    /// - Throws: what is wrong with the key or the service's name; both were checked when they were read.
    func definition(
        of lane: LaneIdentity,
        in network: ProviderNetwork,
        form: UInt8,
        bounds: LaneBounds
    ) throws -> LaneDefinition {
        let service = try PushEndpoint("https://\(lane.key.app)/")
        return LaneDefinition(
            lane,
            provider: WebPushLane(
                provider: lane.key.provider,
                form: form,
                credential: try WebPushCredential(pem: key.text, subject: subject),
                service: service,
                base: baseURL.flatMap(NavigationBase.init)
            ),
            engine: network.engine(service: service, allowsPrivateAddresses: allowsPrivateAddresses),
            bounds: bounds
        )
    }
}
