package import Domain

/// The credentials of the push services; one lane for each (one a host for Web Push).
package struct ProviderSettings: Sendable {
    package var fcm: [FCM] = []
    package var apns: [APNs] = []
    package var webpush: WebPush?

    package struct FCM: Sendable {
        /// The lane is `fcm/<name>`.
        package var name: String
        /// The app of the devices it rings.
        package var app: String
        /// The service account's JSON; empty when secrets were not read.
        package var serviceAccount: Secret
        package var serviceAccountFile: String
        /// `https://host[:port]`, without path.
        package var endpoint: String
        /// What we allow ourselves of the project's quota.
        package var messagesPerMinute: Int
    }

    package struct APNs: Sendable {
        /// The lane is `apns/<name>`.
        package var name: String
        package var app: String
        /// The app's bundle id.
        package var topic: String
        package var teamID: String
        package var keyID: String
        /// PEM; empty when secrets were not read.
        package var key: Secret
        package var keyFile: String
        package var environment: PushEnvironment
        package var endpoint: String
        /// The app has Apple's entitlement to break through Focus; urgent messages do so then.
        package var isTimeSensitiveAllowed: Bool
    }

    package struct WebPush: Sendable {
        package var name: String
        /// PEM of the VAPID key; empty when secrets were not read.
        package var key: Secret
        package var keyFile: String
        /// `mailto:` or `https:` of who answers for the messages [RFC 8292 §2.1].
        package var subject: String
        package var endpoints: EndpointRules
        /// Where the ENT's pages are, `https://host[:port]`: makes the links of a notification absolute; nil: none.
        package var baseURL: String?
        /// Simulators on private addresses may be called.
        package var allowsPrivateAddresses: Bool
    }
}

/// One key for targets at rest.
package struct StorageKey: Sendable, Equatable {
    /// At most 32 bytes, stored beside what the key sealed.
    package var id: String
    /// 32 bytes.
    package var key: Secret

    /// nil when the line is not `<id>:<base64 of 32 bytes>`.
    package init?(line: some StringProtocol) {
        guard let colon = line.firstIndex(of: ":"), (1...32).contains(line[..<colon].utf8.count),
            let bytes = Base64.decode(line[line.index(after: colon)...]), bytes.count == 32
        else { return nil }
        id = String(line[..<colon])
        key = Secret(bytes)
    }
}
