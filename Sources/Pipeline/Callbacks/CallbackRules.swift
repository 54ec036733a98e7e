package import Domain

/// What an answer to a callback means.
package enum CallbackRules {
    package enum Ending: Hashable, Sendable {
        case accepted
        case deferred(until: Instant)
        /// Its attempts are used up, or the address says that it is gone for good (410).
        case dead
    }

    /// Waits after each attempt; about four days in all [standard-webhooks spec, retries].
    static let waits: [Duration] = [
        .seconds(5), .seconds(300), .seconds(1800), .seconds(7200), .seconds(18_000), .seconds(36_000),
        .seconds(50_400),
        .seconds(72_000), .seconds(86_400),
    ]

    /// - Parameters:
    ///   - status: of the answer; nil: there was none.
    ///   - retryAfter: what the receiver asked for; never undercut, a day at most.
    ///   - attempts: made, this one included.
    ///   - now: the present.
    /// - Returns: what becomes of the callback.
    package static func ending(status: Int?, retryAfter: Duration?, attempts: Int, now: Instant) -> Ending {
        if let status, (200...299).contains(status) { return .accepted }
        guard status != 410, attempts <= waits.count else { return .dead }
        return .deferred(until: now + max(waits[max(attempts, 1) - 1], min(retryAfter ?? .zero, .seconds(86_400))))
    }
}
