package import Crypto
package import Domain
import FoundationEssentials

/// Keeps device targets unreadable at rest: AES-256-GCM under a named key, found again by a keyed hash.
///
/// Several keys may be live: the first seals, every one opens. The hash key is a secret of its own, made with the registry and itself
/// sealed, so that changing the storage key does not lose the look-up.
package struct TargetSeal: Sendable {
    package struct Key: Sendable {
        /// Up to 32 bytes of text, stored beside what it sealed.
        package var id: String
        package var key: SymmetricKey

        package init(id: String, key: SymmetricKey) {
            self.id = id
            self.key = key
        }
    }

    package enum Failure: Error, Hashable {
        /// What was sealed names a key that is not configured any more.
        case unknownKey(id: String)
        case damaged
    }

    private let keys: [Key]
    private let hashKey: SymmetricKey

    /// - Parameters:
    ///   - keys: at least one; the first seals.
    ///   - hashKey: 32 bytes.
    package init(keys: [Key], hashKey: [UInt8]) {
        precondition(!keys.isEmpty, "A seal needs a key; the configuration is checked before")
        self.keys = keys
        self.hashKey = SymmetricKey(data: hashKey)
    }

    /// 16 bytes that find a target; equal targets of one provider have equal hashes.
    package func hash(_ target: Target) -> [UInt8] {
        let bytes: [UInt8]
        switch target {
        case .fcmToken, .fcmInstallation, .apns: bytes = TargetCoding.encode(target)
        // A subscription is its endpoint: keys may be renewed with it.
        case .webpush(let subscription): bytes = [4] + Array(subscription.endpoint.utf8)
        }
        return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: hashKey).prefix(16))
    }

    /// Finds what belongs to one Firebase installation: an id, and the token that begins with it (`<id>:<rest>`). nil for the rest.
    package func firebaseHash(_ target: Target) -> [UInt8]? {
        switch target {
        case .fcmInstallation: hash(target)
        case .fcmToken(let token):
            token.firstIndex(of: ":").map { hash(.fcmInstallation(String(token[..<$0]))) }
        case .apns, .webpush: nil
        }
    }

    package func seal(_ target: Target) throws -> [UInt8] { try seal(TargetCoding.encode(target)) }

    /// - Throws: ``Failure``.
    package func open(_ sealed: [UInt8]) throws -> Target { try sealed.withUnsafeBytes { try open($0) } }

    /// - Throws: ``Failure``.
    package func open(_ sealed: UnsafeRawBufferPointer) throws -> Target {
        guard let target = TargetCoding.decode(try Self.open(sealed, keys: keys)) else { throw Failure.damaged }
        return target
    }

    func seal(_ bytes: [UInt8]) throws -> [UInt8] { try Self.seal(bytes, key: keys[0]) }

    /// False for bytes that can only be damage: ids are short names out of the configuration.
    static func isPlausible(keyID id: String) -> Bool {
        // U+FFFD stands for bytes that are no UTF-8; control characters are in no configuration.
        !id.isEmpty && id.utf8.count <= 32
            && id.unicodeScalars.allSatisfy { $0 != "\u{FFFD}" && $0.properties.generalCategory != .control }
    }

    /// Length of the key's id, the id, then nonce, ciphertext and tag.
    static func seal(_ bytes: [UInt8], key: Key) throws -> [UInt8] {
        let id = Array(key.id.utf8)
        let box = try AES.GCM.seal(bytes, using: key.key, authenticating: id)
        guard let combined = box.combined else { throw Failure.damaged }
        return [UInt8(clamping: id.count)] + id + combined
    }

    static func open(_ sealed: [UInt8], keys: [Key]) throws -> [UInt8] {
        try sealed.withUnsafeBytes { try open($0, keys: keys) }
    }

    private static func open(_ sealed: UnsafeRawBufferPointer, keys: [Key]) throws -> [UInt8] {
        guard let length = sealed.first.map(Int.init), sealed.count > 1 + length else { throw Failure.damaged }
        let id = sealed[1..<(1 + length)]
        guard let key = keys.first(where: { $0.id.utf8.elementsEqual(id) }) else {
            throw Failure.unknownKey(id: String(decoding: id, as: UTF8.self))
        }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed[(1 + length)...])
            return try Array(AES.GCM.open(box, using: key.key, authenticating: id))
        } catch {
            // Which of length, tag and key is wrong cannot be told apart.
            throw Failure.damaged
        }
    }
}

/// The bytes of a target before it is sealed: a kind, then its text; for a subscription its two keys first.
enum TargetCoding {
    static func encode(_ target: Target) -> [UInt8] {
        switch target {
        case .fcmToken(let token): [1] + Array(token.utf8)
        case .fcmInstallation(let id): [2] + Array(id.utf8)
        case .apns(let token): [3] + Array(token.utf8)
        case .webpush(let subscription):
            [4] + subscription.p256dh + subscription.auth + Array(subscription.endpoint.utf8)
        }
    }

    static func decode(_ bytes: [UInt8]) -> Target? {
        guard let kind = bytes.first else { return nil }
        let rest = bytes.dropFirst()
        switch kind {
        case 1: return .fcmToken(String(decoding: rest, as: UTF8.self))
        case 2: return .fcmInstallation(String(decoding: rest, as: UTF8.self))
        case 3: return .apns(String(decoding: rest, as: UTF8.self))
        case 4 where rest.count > 81:
            return .webpush(
                Subscription(
                    endpoint: String(decoding: rest.dropFirst(81), as: UTF8.self),
                    p256dh: Array(rest.prefix(65)),
                    auth: Array(rest.dropFirst(65).prefix(16))
                )
            )
        default: return nil
        }
    }
}
