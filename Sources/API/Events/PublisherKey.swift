import Crypto
import Domain

/// A publisher's bearer key, `cpk_` and 32 random bytes in base64url; only its SHA-256 is kept.
package enum PublisherKey {
    /// The 32 bytes kept of a key; nil when the text has not the form of one.
    package static func hash(_ key: some StringProtocol) -> [UInt8]? {
        guard key.hasPrefix("cpk_"), Base64.decode(key.dropFirst(4))?.count == 32 else { return nil }
        return Array(SHA256.hash(data: Array(key.utf8)))
    }

    /// The index of the hash the presented key has; every hash is compared, each in constant time.
    package static func match(_ presented: some StringProtocol, among hashes: [[UInt8]]) -> Int? {
        guard let hash = hash(presented) else { return nil }
        var match: Int?
        for (index, known) in hashes.enumerated() where ConstantTime.areEqual(hash, known) { match = index }
        return match
    }

    /// Reads a line of the keys file: `<key id> sha256:<64 hex digits>`; nil when it is none.
    package static func entry(line: some StringProtocol) -> (id: String, hash: [UInt8])? {
        let parts = line.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, parts[1].hasPrefix("sha256:") else { return nil }
        let digits = parts[1].dropFirst(7).map(\.hexDigitValue)
        guard digits.count == 64 else { return nil }
        var hash: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            hash.append(UInt8(high << 4 | low))
        }
        return (String(parts[0]), hash)
    }
}
