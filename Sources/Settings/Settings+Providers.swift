package import Domain
import Text

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
        /// When the key has to be replaced: Google's keys carry no end of their own.
        package var expires: Instant?
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
        /// When the key has to be replaced: Apple's keys carry no end of their own.
        package var expires: Instant?
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
        /// When the key has to be replaced: a VAPID key carries no end of its own.
        package var expires: Instant?
    }

    /// When the credential of a lane ends, as configured: the first moment of that day, UTC; nil when nothing is said. An access token
    /// has an end as well, which is renewed by itself and is not meant.
    package func expiry(ofLane lane: String) -> Instant? {
        if let entry = fcm.first(where: { "fcm/\($0.name)" == lane }) { return entry.expires }
        if let entry = apns.first(where: { "apns/\($0.name)" == lane }) { return entry.expires }
        return lane.hasPrefix("webpush/") ? webpush?.expires : nil
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
