import Crypto
import Domain
import Providers

/// Lanes of each provider with keys of their own.
enum LaneSamples {
    static func fcm(_ endpoint: FakeTokenEndpoint = FakeTokenEndpoint([nil])) throws -> FCMLane {
        FCMLane(
            projectID: "one-pocket",
            tokens: AccessTokens(
                credential: try FCMCredential(json: ServiceAccountFile.json()),
                exchange: endpoint.exchange
            )
        )
    }

    static func apns() throws -> APNsLane {
        APNsLane(
            credential: try APNsCredential(
                pem: P256.Signing.PrivateKey().pemRepresentation,
                keyID: "ABC123DEFG",
                teamID: "ABCDE12345"
            ),
            topic: "org.example.app",
            isTimeSensitiveAllowed: false
        )
    }

    /// Of the push service of ``Browser``.
    static func webpush() throws -> WebPushLane {
        WebPushLane(
            provider: WebPush.id,
            form: 4,
            credential: try WebPushCredential(
                pem: P256.Signing.PrivateKey().pemRepresentation,
                subject: "mailto:push@example.org"
            ),
            service: try PushEndpoint("https://updates.push.services.mozilla.com/"),
            base: nil
        )
    }
}
