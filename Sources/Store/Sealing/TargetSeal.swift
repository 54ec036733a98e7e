package import Cryptography
package import Domain

/// Keeps device targets unreadable at rest: AES-256-GCM under a named key, found again by a keyed hash.
///
/// Several keys may be live: the first seals, every one opens. The hash key is a secret of its own, made with the registry and itself
/// sealed, so that changing the storage key does not lose the look-up.
package struct TargetSeal: Sendable {
    package struct Key: Sendable {
        /// Up to 32 bytes of text, stored beside what it sealed.
        package let id: String
        /// 32 bytes.
        package let key: SymmetricKey
        let cipher: AESGCM

        package init(id: String, key: SymmetricKey) {
            self.id = id
            self.key = key
            cipher = AESGCM(key)
        }
    }

    package enum OpenError: Error, Hashable {
        /// What was sealed names a key that is not configured any more.
        case unknownKey(id: String)
        /// A key of the right name that is not the one that sealed.
        case wrongKey(id: String)
        case damaged
    }

    private let keys: [Key]
    private let hashKey: HMACSHA256

    /// - Parameters:
    ///   - keys: at least one; the first seals.
    ///   - hashKey: 32 bytes.
    package init(keys: [Key], hashKey: [UInt8]) {
        precondition(!keys.isEmpty, "A seal needs a key; the configuration is checked before")
        self.keys = keys
        self.hashKey = HMACSHA256(SymmetricKey(data: hashKey))
    }

    /// 16 bytes that find a target; equal targets of one provider have equal hashes.
    package func hash(_ target: Target) -> [UInt8] { hash(target.identity) }

    /// Finds both forms of one address (``Target/sibling``); nil for a target that has one form only.
    package func siblingHash(_ target: Target) -> [UInt8]? { target.sibling.map(hash) }

    private func hash(_ bytes: [UInt8]) -> [UInt8] { Array(hashKey.code(of: bytes).prefix(16)) }

    /// `installation`: of the row that keeps it; a target that is copied into another row does not open there.
    package func seal(_ target: Target, of installation: String) -> [UInt8] {
        Self.seal(target.bytes, key: keys[0], context: .device(installation))
    }

    /// - Returns: ``Target/bytes``.
    /// - Throws: ``OpenError``.
    package func open(_ sealed: [UInt8], of installation: String) throws(OpenError) -> [UInt8] {
        let bytes = try Self.open(sealed, keys: keys, context: .device(installation))
        guard !bytes.isEmpty else { throw OpenError.damaged }
        return bytes
    }

    /// The same; allocates what it returns and nothing else.
    ///
    /// - Throws: ``OpenError``.
    package func open(_ sealed: UnsafeRawBufferPointer, of installation: String) throws(OpenError) -> [UInt8] {
        let bytes = try Self.open(sealed, keys: keys, context: .device(installation))
        guard !bytes.isEmpty else { throw OpenError.damaged }
        return bytes
    }

    /// False for bytes that can only be damage: ids are short names out of the configuration.
    static func isPlausible(keyID id: String) -> Bool {
        // U+FFFD stands for bytes that are no UTF-8; control characters are in no configuration.
        !id.isEmpty && id.utf8.count <= 32
            && id.unicodeScalars.allSatisfy { $0 != "\u{FFFD}" && $0.properties.generalCategory != .control }
    }

    /// The same under the first key and bound to its row; nil when it is already.
    func resealed(_ sealed: [UInt8], of installation: String) throws(OpenError) -> [UInt8]? {
        if let header = Header(sealed), header.isBound, header.keyID(in: sealed) == Array(keys[0].id.utf8) {
            return nil
        }
        return Self.seal(try open(sealed, of: installation), key: keys[0], context: .device(installation))
    }
}

extension TargetSeal.OpenError: CustomStringConvertible {
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
