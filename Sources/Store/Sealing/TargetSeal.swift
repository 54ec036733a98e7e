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
    package func hash(_ target: Target) -> [UInt8] { hash(target.identity) }

    /// Finds both forms of one address (``Target/sibling``); nil for a target that has one form only.
    package func siblingHash(_ target: Target) -> [UInt8]? { target.sibling.map(hash) }

    package func seal(_ target: Target) throws -> [UInt8] { try seal(target.bytes) }

    /// - Returns: ``Target/bytes``.
    /// - Throws: ``Failure``.
    package func open(_ sealed: [UInt8]) throws -> [UInt8] {
        let bytes = try Self.open(sealed, keys: keys)
        guard !bytes.isEmpty else { throw Failure.damaged }
        return bytes
    }

    private func hash(_ bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: hashKey).prefix(16))
    }

    func seal(_ bytes: [UInt8]) throws -> [UInt8] { try Self.seal(bytes, key: keys[0]) }

    /// Length of the key's id, the id, then nonce, ciphertext and tag.
    static func seal(_ bytes: [UInt8], key: Key) throws -> [UInt8] {
        let id = Array(key.id.utf8)
        let box = try AES.GCM.seal(bytes, using: key.key, authenticating: id)
        guard let combined = box.combined else { throw Failure.damaged }
        return [UInt8(clamping: id.count)] + id + combined
    }

    static func open(_ sealed: [UInt8], keys: [Key]) throws -> [UInt8] {
        guard let length = sealed.first.map(Int.init), sealed.count > 1 + length else { throw Failure.damaged }
        let id = Array(sealed[1..<(1 + length)])
        guard let key = keys.first(where: { Array($0.id.utf8) == id }) else {
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
