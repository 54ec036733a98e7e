import Crypto
import CryptoExtras
import Simulator

/// Accounts with fresh keys, and requests that are right until a test spoils them.
struct Fixture {
    static let now: Int64 = 1_800_000_000
    static let tokenURI = "https://localhost:1/token"
    static let deviceToken = "00ff00ff00ff00ff00ff00ff00ff00ff"

    let apnsKey = P256.Signing.PrivateKey()
    let email = "carillon@project.iam.gserviceaccount.com"
    let topic = "com.ode.one"

    var apnsAccount: APNsAccount {
        APNsAccount(teamID: "TEAM000001", keyID: "KEY0000001", topic: topic, key: apnsKey.publicKey)
    }

    func providerToken(
        header: JSON = ["alg": "ES256", "kid": "KEY0000001"],
        issuer: JSON = "TEAM000001",
        issuedAt: JSON = .integer(Fixture.now),
        key: P256.Signing.PrivateKey? = nil
    ) throws -> String {
        let claims = JSON.object(["iss": issuer, "iat": issuedAt])
        return try Self.token(header: header, claims: claims) { signed in
            Array(try (key ?? apnsKey).signature(for: signed).rawRepresentation)
        }
    }

    func apnsRequest(
        _ changes: [String: String?] = [:],
        path: String = "/3/device/\(Fixture.deviceToken)",
        method: String = "POST",
        body: String = #"{"aps":{"alert":{"title":"A","body":"B"}},"type":"BLOG"}"#,
        connection: Int = 1
    ) throws -> ReceivedRequest {
        var headers: [String: String] = [
            "authorization": "bearer \(try providerToken())", "apns-topic": topic, "apns-push-type": "alert",
            "apns-id": "123e4567-e89b-12d3-a456-426614174000", "apns-expiration": "1800003600", "apns-priority": "10",
            "apns-collapse-id": "0123456789abcdef0123456789abcdef",
        ]
        for (name, value) in changes { headers[name] = value }
        return ReceivedRequest(
            method: method,
            target: path,
            headers: headers.map { ($0.key, $0.value) },
            body: Array(body.utf8),
            connection: connection
        )
    }

    static func fcmRequest(
        _ body: String,
        project: String = "project",
        bearer: String? = "good",
        path: String? = nil
    ) -> ReceivedRequest {
        ReceivedRequest(
            method: "POST",
            target: path ?? "/v1/projects/\(project)/messages:send",
            headers: bearer.map { [("authorization", "Bearer \($0)")] } ?? [],
            body: Array(body.utf8)
        )
    }

    static func token(header: JSON, claims: JSON, sign: ([UInt8]) throws -> [UInt8]) rethrows -> String {
        let signed = Base64URL.encode(header.serialized) + "." + Base64URL.encode(claims.serialized)
        return signed + "." + Base64URL.encode(try sign(Array(signed.utf8)))
    }
}
