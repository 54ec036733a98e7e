/// A push that passed every check.
package struct WebPushMessage: Sendable {
    package var subscription: String
    package var ttl: Int64
    package var urgency: String?
    package var topic: String?
    /// As the browser's page gets it.
    package var plaintext: [UInt8]
    /// Of the VAPID token: the JWT itself, and seconds since 1970.
    package var token: String
    package var expiresAt: Int64
}
