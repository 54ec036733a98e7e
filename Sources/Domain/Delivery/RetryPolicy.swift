/// When a deferred delivery is tried again, and when it is given up.
package struct RetryPolicy: Sendable {
    /// First wait after a lost answer or a "not now" without a time of its own; doubles with each attempt.
    package var firstWait: Duration = .seconds(5)
    package var longestWait: Duration = .seconds(900)
    package var attemptsMax: Int

    package init(attemptsMax: Int) {
        self.attemptsMax = attemptsMax
    }

    package enum Decision: Hashable, Sendable {
        case retry(at: Instant)
        /// The time to live ends before another attempt could be made.
        case expire
        /// Attempts used up.
        case giveUp
    }

    /// `attempts`: attempts made, this one included.
    /// `retryAfter`: what the provider asked for; never undercut.
    /// `random`: uniform in 0..<1. Full jitter over the upper half keeps a floor under the wait, so that a lost answer is
    /// not followed by its duplicate at once.
    package func decide(
        attempts: Int,
        retryAfter: Duration?,
        expiresAt: Instant,
        now: Instant,
        random: Double
    ) -> Decision {
        guard attempts < attemptsMax else { return .giveUp }
        var ceiling = firstWait
        for _ in 1..<max(attempts, 1) where ceiling < longestWait { ceiling = min(ceiling * 2, longestWait) }
        let jittered = ceiling / 2 + (ceiling / 2) * random
        let wait = max(jittered, retryAfter ?? .zero)
        let next = now + wait
        return next < expiresAt ? .retry(at: next) : .expire
    }
}
