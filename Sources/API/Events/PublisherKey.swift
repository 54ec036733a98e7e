import Cryptography
package import Domain
import Synchronization

/// A publisher's bearer key, `cpk_` and 32 random bytes in base64url; only its SHA-256 is kept.
package struct PublisherKey: Sendable {
    package let id: String
    /// 32 bytes.
    package let sha256: [UInt8]
    /// When it ends; nil: never by itself.
    package let until: Instant?
    package let use = Use()

    package init(id: String, sha256: [UInt8], until: Instant? = nil) {
        self.id = id
        self.sha256 = sha256
        self.until = until
    }

    /// When somebody proved to hold it, since the start.
    package final class Use: Sendable {
        /// Milliseconds since 1970; 0: not yet.
        private let at = Atomic<Int64>(0)

        package var last: Instant? {
            let at = at.load(ordering: .relaxed)
            return at == 0 ? nil : Instant(milliseconds: at)
        }

        func note(_ now: Instant) { at.store(now.milliseconds, ordering: .relaxed) }

        func take(over other: Use) { at.store(other.at.load(ordering: .relaxed), ordering: .relaxed) }
    }

    func hasEnded(_ now: Instant) -> Bool { until.map { $0 <= now } ?? false }

    /// Whether the presented key is this one and still counts; compared in constant time, and noted.
    package func isUsed(_ presented: [UInt8], now: Instant) -> Bool {
        guard ConstantTime.areEqual(sha256, presented), !hasEnded(now) else { return false }
        use.note(now)
        return true
    }

    /// The 32 bytes kept of a key; nil when the text has not the form of one.
    package static func hash(_ key: some StringProtocol) -> [UInt8]? {
        guard key.hasPrefix("cpk_"), Base64.decode(key.dropFirst(4))?.count == 32 else { return nil }
        return SHA256.hash(key)
    }
}
