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
        /// A key of the right name that is not the one that sealed.
        case wrongKey(id: String)
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

    private func hash(_ bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: hashKey).prefix(16))
    }

    /// `installation`: of the row that keeps it; a target that is copied into another row does not open there.
    package func seal(_ target: Target, of installation: String) throws -> [UInt8] {
        try Self.seal(target.bytes, key: keys[0], context: Self.context(installation))
    }

    /// - Returns: ``Target/bytes``.
    /// - Throws: ``Failure``.
    package func open(_ sealed: [UInt8], of installation: String) throws -> [UInt8] {
        let bytes = try Self.open(sealed, keys: keys, context: Self.context(installation))
        guard !bytes.isEmpty else { throw Failure.damaged }
        return bytes
    }

    /// - Throws: ``Failure``.
    package func open(_ sealed: UnsafeRawBufferPointer, of installation: String) throws -> [UInt8] {
        try open(Array(sealed), of: installation)
    }

    /// False for bytes that can only be damage: ids are short names out of the configuration.
    static func isPlausible(keyID id: String) -> Bool {
        // U+FFFD stands for bytes that are no UTF-8; control characters are in no configuration.
        !id.isEmpty && id.utf8.count <= 32
            && id.unicodeScalars.allSatisfy { $0 != "\u{FFFD}" && $0.properties.generalCategory != .control }
    }

    /// The same under the first key and bound to its row; nil when it is already.
    func resealed(_ sealed: [UInt8], of installation: String) throws -> [UInt8]? {
        if let header = Header(sealed), header.isBound, header.keyID == Array(keys[0].id.utf8) { return nil }
        return try Self.seal(
            open(sealed, of: installation),
            key: keys[0],
            context: Self.context(installation)
        )
    }

    private static func context(_ installation: String) -> [UInt8] { Array("device \(installation)".utf8) }

    /// What stands before nonce, ciphertext and tag.
    struct Header {
        /// First byte of what is bound to its row: earlier seals begin with the length of the key's id, at most 32.
        static let bound: UInt8 = 0xC2

        let isBound: Bool
        let keyID: [UInt8]
        let count: Int

        init?(_ sealed: [UInt8]) {
            isBound = sealed.first == Self.bound
            let start = isBound ? 1 : 0
            guard sealed.count > start, sealed.count > start + 1 + Int(sealed[start]) else { return nil }
            count = start + 1 + Int(sealed[start])
            keyID = Array(sealed[(start + 1)..<count])
        }
    }

    /// The bound form: its mark, length of the key's id, the id; then nonce, ciphertext and tag. The header and `context` are
    /// authenticated, so neither can be changed.
    static func seal(_ bytes: [UInt8], key: Key, context: [UInt8]) throws -> [UInt8] {
        let id = Array(key.id.utf8)
        let header = [Header.bound, UInt8(clamping: id.count)] + id
        let box = try AES.GCM.seal(bytes, using: key.key, authenticating: header + context)
        guard let combined = box.combined else { throw Failure.damaged }
        return header + combined
    }

    static func open(_ sealed: [UInt8], keys: [Key], context: [UInt8]) throws -> [UInt8] {
        guard let header = Header(sealed) else { throw Failure.damaged }
        guard let key = keys.first(where: { Array($0.id.utf8) == header.keyID }) else {
            throw Failure.unknownKey(id: String(decoding: header.keyID, as: UTF8.self))
        }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed[header.count...])
            let bound = header.isBound ? Array(sealed[..<header.count]) + context : header.keyID
            return try Array(AES.GCM.open(box, using: key.key, authenticating: bound))
        } catch {
            // Which of length, tag and key is wrong cannot be told apart.
            throw Failure.damaged
        }
    }
}

extension TargetSeal.Failure: CustomStringConvertible {
    /// What is wrong and what to do, as a sentence about the key file.
    package var description: String {
        switch self {
        case .unknownKey(let id):
            "the key \"\(id)\" is missing, and what it sealed cannot be opened without it: put it back behind the first"
        case .wrongKey(let id):
            "the key \"\(id)\" is not the one that sealed this registry: put the right key under that name, and give a new key a new name"
        case .damaged: "what was sealed is damaged"
        }
    }
}
