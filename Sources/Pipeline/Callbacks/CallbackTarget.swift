import Cryptography
package import Domain

/// Where a publisher wants to be told, and how it knows that it is us.
package struct CallbackTarget: Sendable {
    package var url: String
    /// Each signs; the receiver needs one of them.
    package var secrets: [[UInt8]]

    package init(url: String, secrets: [[UInt8]]) {
        self.url = url
        self.secrets = secrets
    }

    /// The three headers of Standard Webhooks 1.0: `v1`, HMAC-SHA256 over `id.timestamp.body`. The id of an event never changes, so a
    /// receiver knows a repetition by it.
    package func headers(event: EventID, body: [UInt8], now: Instant) -> [(name: String, value: String)] {
        let id = "reach_\(event)"
        let content = Array("\(id).\(now.seconds).".utf8) + body
        let signatures = secrets.map { secret in
            "v1," + Base64.encode(HMACSHA256.code(of: content, key: secret))
        }
        return [
            ("webhook-id", id), ("webhook-timestamp", "\(now.seconds)"),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }
}
