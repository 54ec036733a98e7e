import Crypto
import Simulator

/// A browser and a sender, and pushes that are right until a test spoils them.
struct WebPushFixture {
    static let origin = "https://localhost:8443"

    let vapidKey = P256.Signing.PrivateKey()
    let subscription: Subscription

    init() {
        let bound = Array(vapidKey.publicKey.x963Representation)
        subscription = Subscription(id: "sub-1", vapidKey: bound)
    }

    var subscriptions: Subscriptions {
        get throws {
            var subscriptions = Subscriptions()
            try subscriptions.add([subscription, Subscription(id: "sub-gone")])
            _ = subscriptions.remove("sub-gone")
            return subscriptions
        }
    }

    func authorization(
        audience: JSON = .string(WebPushFixture.origin),
        expiresAt: JSON = .integer(Fixture.now + 43_200),
        subject: JSON = "mailto:dsi@example.fr",
        algorithm: JSON = "ES256",
        key: P256.Signing.PrivateKey? = nil,
        shown: [UInt8]? = nil
    ) throws -> String {
        let key = key ?? vapidKey
        let claims = JSON.object(["aud": audience, "exp": expiresAt, "sub": subject])
        let token = try Fixture.token(header: .object(["typ": "JWT", "alg": algorithm]), claims: claims) { signed in
            Array(try key.signature(for: signed).rawRepresentation)
        }
        return "vapid t=\(token), k=\(Base64URL.encode(shown ?? Array(key.publicKey.x963Representation)))"
    }

    func request(
        _ changes: [String: String?] = [:],
        path: String = "/wp/sub-1",
        method: String = "POST",
        body: [UInt8]? = nil
    ) throws -> ReceivedRequest {
        var headers: [String: String] = [
            "authorization": try authorization(), "ttl": "3600", "urgency": "normal",
            "topic": "0123456789abcdef0123456789abcdef", "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
        ]
        for (name, value) in changes { headers[name] = value }
        var request = ReceivedRequest(
            method: method,
            target: path,
            headers: headers.map { ($0.key, $0.value) },
            body: try body ?? encrypted(Array(#"{"title":"Mot"}"#.utf8))
        )
        request.authority = String(Self.origin.dropFirst("https://".count))
        request.listener = "webpush-1"
        return request
    }

    /// RFC 8291 §3, with HMAC spelled out where the simulator uses HKDF.
    func encrypted(
        _ plaintext: [UInt8],
        delimiter: UInt8 = 2,
        padding: Int = 0,
        sender: P256.KeyAgreement.PrivateKey = P256.KeyAgreement.PrivateKey(),
        secret: [UInt8]? = nil
    ) throws -> [UInt8] {
        let receiver = subscription.key.publicKey
        let shared = try sender.sharedSecretFromKeyAgreement(with: receiver).withUnsafeBytes { Array($0) }
        let salt = (0..<16).map { UInt8($0) }
        let senderKey = Array(sender.publicKey.x963Representation)
        let first = mac(secret ?? subscription.authenticationSecret, shared)
        let input = mac(first, Array("WebPush: info\0".utf8) + receiver.x963Representation + senderKey + [1])
        let second = mac(salt, input)
        let key = mac(second, Array("Content-Encoding: aes128gcm\0\u{1}".utf8)).prefix(16)
        let nonce = mac(second, Array("Content-Encoding: nonce\0\u{1}".utf8)).prefix(12)
        let box = try AES.GCM.seal(
            plaintext + [delimiter] + [UInt8](repeating: 0, count: padding),
            using: SymmetricKey(data: key),
            nonce: try AES.GCM.Nonce(data: nonce)
        )
        return salt + [0, 0, 16, 0, 65] + senderKey + box.ciphertext + box.tag
    }

    private func mac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}
