package import Crypto

/// A browser's subscription as the browser itself knows it: with the private key.
package struct Subscription: Sendable {
    package var id: String
    package var key: P256.KeyAgreement.PrivateKey
    /// 16 bytes.
    package var authenticationSecret: [UInt8]
    /// The `applicationServerKey` it was made with (65 bytes); nil takes any.
    package var vapidKey: [UInt8]?

    package init(
        id: String,
        key: P256.KeyAgreement.PrivateKey = P256.KeyAgreement.PrivateKey(),
        authenticationSecret: [UInt8] = (0..<16).map { _ in UInt8.random(in: .min ... .max) },
        vapidKey: [UInt8]? = nil
    ) {
        self.id = id
        self.key = key
        self.authenticationSecret = authenticationSecret
        self.vapidKey = vapidKey
    }

    /// What the browser gives to its server (`PushSubscription.toJSON()`), for an origin without trailing slash.
    package func json(origin: String) -> JSON {
        [
            "endpoint": .string("\(origin)/wp/\(id)"),
            "keys": [
                "p256dh": .string(Base64URL.encode(key.publicKey.x963Representation)),
                "auth": .string(Base64URL.encode(authenticationSecret)),
            ],
        ]
    }
}

extension Subscription {
    /// Reads `{"id", "d", "p256dh", "auth", "vapidKey"}`, all in base64url: `d` the private key; without `d` and `auth` new ones are
    /// made, without `id` a random one.
    ///
    /// - Throws: ``Subscriptions/ParseError`` when a key is wrong, or `p256dh` is not the public half of `d`.
    package init(_ value: JSON, id given: String? = nil) throws(Subscriptions.ParseError) {
        let id = given ?? value["id"]?.string ?? RandomIdentifier.hexadecimal(characters: 32)
        guard !id.isEmpty,
            id.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        else { throw .init(description: "subscription \(id): an id is letters, digits, - and _") }
        self.init(id: id)
        if let scalar = try Self.bytes("d", of: value, id: id) {
            do { key = try P256.KeyAgreement.PrivateKey(rawRepresentation: scalar) } catch {
                throw .init(description: "subscription \(id): d is no private key of P-256")
            }
        }
        if let point = try Self.bytes("p256dh", of: value, id: id), Array(key.publicKey.x963Representation) != point {
            throw .init(description: "subscription \(id): p256dh is not the public key of d")
        }
        if let secret = try Self.bytes("auth", of: value, id: id) {
            guard secret.count == 16 else { throw .init(description: "subscription \(id): auth is not 16 bytes") }
            authenticationSecret = secret
        }
        vapidKey = try Self.bytes("vapidKey", of: value, id: id)
    }

    private static func bytes(_ name: String, of value: JSON, id: String) throws(Subscriptions.ParseError) -> [UInt8]? {
        guard let member = value[name], member != .null else { return nil }
        guard let text = member.string, let bytes = Base64URL.decode(text.utf8) else {
            throw .init(description: "subscription \(id): \(name) is not base64url")
        }
        return bytes
    }
}
