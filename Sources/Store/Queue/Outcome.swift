package import Domain

/// What one attempt, or a decision without attempt, made of a delivery.
package struct Outcome: Sendable {
    package var page: PageID
    package var slot: Int
    package var result: SlotResult
    /// When a deferred delivery is due again.
    package var retryAt: Instant?
    /// Of a delivery that quiet hours hold up: when they end, and when it expires.
    package var quiet: Quiet?
    /// Of one that quiet hours hold or held up: what it may be announced with.
    package var group: Group?
    /// Attempts so far, this one included.
    package var attempts: Int
    /// Kept as a row unless the first attempt was accepted.
    package var attempt: Attempt?
    /// True when it was sent from its `retry` row.
    package var isRetry: Bool

    package struct Quiet: Sendable {
        package var opensAt: Instant
        package var expiresAt: Instant

        package init(opensAt: Instant, expiresAt: Instant) {
            self.opensAt = opensAt
            self.expiresAt = expiresAt
        }
    }

    /// The deliveries of one device that one message may announce.
    package struct Group: Sendable {
        package var device: DeviceID
        /// Which of them announces this one, too; nil: that is not decided.
        package var carrier: DeliveryID?

        package init(device: DeviceID, carrier: DeliveryID? = nil) {
            self.device = device
            self.carrier = carrier
        }
    }

    package struct Attempt: Sendable {
        package var at: Instant
        package var milliseconds: Int64
        package var status: Int
        /// The provider's reason word; never a token or a text.
        package var reason: String

        package init(at: Instant, milliseconds: Int64, status: Int, reason: String) {
            self.at = at
            self.milliseconds = milliseconds
            self.status = status
            self.reason = reason
        }
    }

    package init(
        page: PageID,
        slot: Int,
        result: SlotResult,
        retryAt: Instant? = nil,
        quiet: Quiet? = nil,
        group: Group? = nil,
        attempts: Int = 0,
        attempt: Attempt? = nil,
        isRetry: Bool = false
    ) {
        self.page = page
        self.slot = slot
        self.result = result
        self.retryAt = retryAt
        self.quiet = quiet
        self.group = group
        self.attempts = attempts
        self.attempt = attempt
        self.isRetry = isRetry
    }
}
