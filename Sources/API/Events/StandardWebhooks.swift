import Cryptography
package import Domain

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

    /// What the headers of a signed request say: everything but the body, checked before the body is read.
    package struct Head: Sendable {
        package let id: String
        fileprivate let timestamp: String
        /// Of the signatures with version `v1`, decoded.
        fileprivate let codes: [[UInt8]]
    }

    /// How far a timestamp may be off, both ways.
    package static let tolerance = Duration.seconds(300)
    /// Signatures of one request that are looked at: a sender signs with each of its live secrets.
    private static let signaturesMax = 16

    /// - Parameters:
    ///   - id: `webhook-id`.
    ///   - timestamp: `webhook-timestamp`, seconds since 1970.
    ///   - signatures: `webhook-signature`, separated by spaces; the first 16 are looked at.
    ///   - now: the present.
    /// - Returns: what the signatures are checked against.
    /// - Throws: every ``Fault`` but `mismatch`.
    package static func head(
        id: String?,
        timestamp: String?,
        signatures: String?,
        now: Instant
    ) throws(Fault) -> Head {
        guard let id, let timestamp, let signatures, !id.isEmpty, !timestamp.isEmpty, !signatures.isEmpty else {
            throw .missingHeader
        }
        guard !id.utf8.contains(UInt8(ascii: ".")) else { throw .malformedID }
        guard (1...12).contains(timestamp.utf8.count), timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(timestamp)
        else { throw .malformedTimestamp }
        let age = now - Instant(seconds: seconds)
        if age > tolerance { throw .tooOld }
        if age < .zero - tolerance { throw .tooNew }
        let codes = signatures.utf8.split(separator: UInt8(ascii: " ")).prefix(signaturesMax)
            .compactMap { signature -> [UInt8]? in
                signature.starts(with: "v1,".utf8) ? Base64.decode(Substring(signature.dropFirst(3))) : nil
            }
        guard !codes.isEmpty else { throw .noKnownVersion }
        return Head(id: id, timestamp: timestamp, codes: codes)
    }

    /// Whether one of the signatures was made with one of the secrets. The body is hashed once for each secret, however many signatures
    /// there are; every comparison takes the same time whatever differs.
    package static func isGenuine(_ head: Head, body: [UInt8], secrets: [[UInt8]]) -> Bool {
        let content = signedContent(id: head.id, timestamp: head.timestamp, body: body)
        var isGenuine = false
        for secret in secrets {
            let code = HMACSHA256.code(of: content, key: secret)
            for presented in head.codes where ConstantTime.areEqual(code, presented) { isGenuine = true }
        }
        return isGenuine
    }

    private static func signedContent(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        Array(id.utf8) + [UInt8(ascii: ".")] + Array(timestamp.utf8) + [UInt8(ascii: ".")] + body
    }
}
