package import Domain

/// Until when a provider may keep a message for a phone it cannot reach. The caller does not send when it has passed.
package struct Expiry: Hashable, Sendable {
    private let end: Instant

    package static func at(_ end: Instant) -> Expiry { Expiry(end: end) }

    /// FCM's longest time to live, also its default [FCM: AndroidConfig.ttl].
    private static let timeToLiveSecondsMax: Int64 = 2_419_200

    /// Whole seconds for FCM's `ttl`, rounded down, 0 to 28 days.
    func timeToLiveSeconds(now: Instant) -> Int64 {
        min(max((end.milliseconds - now.milliseconds) / 1000, 0), Self.timeToLiveSecondsMax)
    }

    /// The value of `apns-expiration`, seconds since 1970. Never 0, which to Apple is one attempt without storing.
    package var apnsSeconds: Int64 { min(max(end.seconds, 1), 99_999_999_999) }
}
