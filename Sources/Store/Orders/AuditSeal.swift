import Cryptography

/// What proves who wrote the audit log's entries: a code over each entry's hash, HMAC-SHA256 under a key that is kept apart from the store.
///
/// A hash seals all entries before it, so a code of the current key proves them, too, whoever sealed them. Without keys the chain is one of
/// hashes alone. Why so: record 0039.
package struct AuditSeal: Sendable {
    /// Named as those of the store are.
    package typealias Key = TargetSeal.Key

    package static let none = AuditSeal(keys: [])

    private let keys: [Key]

    /// `keys`: the first is current and seals; the others still verify.
    package init(keys: [Key]) { self.keys = keys }

    /// nil: nothing is sealed.
    package var currentKey: String? { keys.first?.id }

    /// Of an entry; nil without a key.
    func code(of hash: [UInt8]) -> (key: String, code: [UInt8])? {
        keys.first.map { ($0.id, Self.code(Self.entry + hash, $0.key)) }
    }

    /// Whether `code` is that of an entry; nil when there is no such key. In constant time.
    func holds(_ code: [UInt8], of hash: [UInt8], key id: String) -> Bool? {
        key(id).map { HMACSHA256($0).isCode(code, of: Self.entry + hash) }
    }

    /// Of a head's text, as ``code(of:)``.
    func code(ofHead text: [UInt8]) -> (key: String, code: [UInt8])? {
        keys.first.map { ($0.id, Self.code(Self.head + text, $0.key)) }
    }

    func holds(_ code: [UInt8], ofHead text: [UInt8], key id: String) -> Bool? {
        key(id).map { HMACSHA256($0).isCode(code, of: Self.head + text) }
    }

    /// Apart from one another: no code of the one is one of the other.
    private static let entry = Array("carillon audit entry\n".utf8)
    private static let head = Array("carillon audit head\n".utf8)

    private static func code(_ text: [UInt8], _ key: SymmetricKey) -> [UInt8] {
        HMACSHA256(key).code(of: text)
    }

    private func key(_ id: String) -> SymmetricKey? { keys.first { $0.id.utf8.elementsEqual(id.utf8) }?.key }
}
