package import Domain

/// The request line and headers of a push message [RFC 8030 §5]. The path is the endpoint's own, ``PushEndpoint/path``.
package enum WebPushRequest {
    /// Headers equal for all deliveries of a push service with the same urgency and token, to be prepared once.
    ///
    /// - Parameters:
    ///   - token: of the endpoint's origin.
    ///   - urgency: of the event; only `high` wakes a phone that saves power [RFC 8030 §5.3].
    /// - Returns: lower-case names, in the order of sending.
    package static func repeatingHeaders(token: VAPIDToken, urgency: Urgency) -> [(name: String, value: String)] {
        [
            ("authorization", token.authorization),
            ("content-encoding", "aes128gcm"),
            ("content-type", "application/octet-stream"),
            ("urgency", word(urgency)),
        ]
    }

    /// All headers of one delivery, for a client that prepares nothing.
    ///
    /// - Parameters:
    ///   - token: of the endpoint's origin.
    ///   - urgency: of the event.
    ///   - collapseID: 32 lower-case hex characters: the one form of `topic` that every service takes.
    ///   - expiry: becomes `ttl`.
    ///   - host: the endpoint's.
    ///   - now: the time of this attempt.
    /// - Returns: lower-case names, in the order of sending.
    package static func headers(
        token: VAPIDToken,
        urgency: Urgency,
        collapseID: String,
        expiry: Expiry,
        host: String,
        now: Instant
    ) -> [(name: String, value: String)] {
        repeatingHeaders(token: token, urgency: urgency) + [
            ("ttl", String(timeToLiveSeconds(expiry, host: host, now: now))),
            ("topic", collapseID),
        ]
    }

    /// The value of `ttl` at this attempt, 0 to 28 days: Firebase answers an error above, and the others shorten it.
    package static func timeToLiveSeconds(_ expiry: Expiry, host: String, now: Instant) -> Int64 {
        let seconds = expiry.timeToLiveSeconds(now: now)
        // Windows has been seen to lose messages with 0 [zaru/webpush#109].
        return isWindows(host) ? max(seconds, 1) : seconds
    }

    /// Microsoft's service (WNS), which has rules of its own.
    static func isWindows(_ host: String) -> Bool { host.hasSuffix(".notify.windows.com") }

    private static func word(_ urgency: Urgency) -> String {
        switch urgency {
        case .low: "low"
        case .normal: "normal"
        case .urgent: "high"
        }
    }
}
