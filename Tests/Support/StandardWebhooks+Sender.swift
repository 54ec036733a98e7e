package import API
import Cryptography
package import Domain

/// The sender's side, and both steps of the receiver's at once.
extension StandardWebhooks {
    /// `v1,` and base64: what a sender puts in `webhook-signature`.
    package static func sign(secret: [UInt8], id: String, timestamp: Int64, body: [UInt8]) -> String {
        "v1," + Base64.encode(HMACSHA256.code(of: Array("\(id).\(timestamp).".utf8) + body, key: secret))
    }

    /// ``head(id:timestamp:signatures:now:)`` and ``isGenuine(_:body:secrets:)``.
    package static func verify(
        secrets: [[UInt8]],
        id: String?,
        timestamp: String?,
        signatures: String?,
        body: [UInt8],
        now: Instant
    ) throws(Fault) {
        let head = try head(id: id, timestamp: timestamp, signatures: signatures, now: now)
        guard isGenuine(head, body: body, secrets: secrets) else { throw .mismatch }
    }
}
