import Crypto
package import Domain
import Text

/// Signatures of Standard Webhooks 1.0: `v1`, HMAC-SHA256 over `id.timestamp.body`.
package enum StandardWebhooks {
    /// Why a signature does not count. All are 401; the word is for the log and the publisher's developer.
    package enum Fault: String, Error, Hashable, Sendable {
        /// One of the three headers is absent or empty.
        case missingHeader
        /// `webhook-id` holds a dot, which would let two different requests have one signed content.
        case malformedID
        /// Not a number of seconds.
        case malformedTimestamp
        case tooOld, tooNew
        /// No signature of version `v1` in the list.
        case noKnownVersion
        case mismatch
    }

    /// Accepts when any of the signatures was made with any of the live secrets.
    ///
    /// - Parameters:
    ///   - secrets: the raw bytes of every live secret.
    ///   - id: `webhook-id`.
    ///   - timestamp: `webhook-timestamp`, seconds since 1970.
    ///   - signatures: `webhook-signature`, separated by spaces; the first 16 are looked at.
    ///   - body: as received; empty for a request without one.
    ///   - now: the present.
    ///   - tolerance: how far the timestamp may be off, both ways.
    /// - Throws: ``Fault``. Every comparison takes the same time whatever differs.
    package static func verify(
        secrets: [[UInt8]],
        id: String?,
        timestamp: String?,
        signatures: String?,
        body: [UInt8],
        now: Instant,
        tolerance: Duration = .seconds(300)
    ) throws(Fault) {
        guard let id, let timestamp, let signatures, !id.isEmpty, !timestamp.isEmpty, !signatures.isEmpty else {
            throw .missingHeader
        }
        guard !id.contains(".") else { throw .malformedID }
        guard (1...12).contains(timestamp.utf8.count), timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(timestamp)
        else { throw .malformedTimestamp }
        let age = now - Instant(seconds: seconds)
        if age > tolerance { throw .tooOld }
        if age < .zero - tolerance { throw .tooNew }

        let codes = signatures.split(separator: " ").prefix(16).compactMap { signature -> [UInt8]? in
            signature.hasPrefix("v1,") ? Base64.decode(signature.dropFirst(3)) : nil
        }
        guard !codes.isEmpty else { throw .noKnownVersion }
        let content = signedContent(id: id, timestamp: timestamp, body: body)
        var isGenuine = false
        for secret in secrets {
            let key = SymmetricKey(data: secret)
            for code in codes where HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: content, using: key) {
                isGenuine = true
            }
        }
        guard isGenuine else { throw .mismatch }
    }

    /// `v1,` and base64: what a sender puts in `webhook-signature`.
    package static func sign(secret: [UInt8], id: String, timestamp: Int64, body: [UInt8]) -> String {
        let content = signedContent(id: id, timestamp: String(timestamp), body: body)
        return "v1," + Base64.encode(HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: secret)))
    }

    /// The bytes of `whsec_` + base64; nil when the text is no such secret of 24 to 64 bytes.
    package static func secret(_ text: some StringProtocol) -> [UInt8]? {
        guard text.hasPrefix("whsec_"), let bytes = Base64.decode(text.dropFirst(6)), (24...64).contains(bytes.count)
        else { return nil }
        return bytes
    }

    private static func signedContent(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        Array(id.utf8) + [UInt8(ascii: ".")] + Array(timestamp.utf8) + [UInt8(ascii: ".")] + body
    }
}
