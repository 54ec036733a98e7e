package import Domain

/// Until when a provider may keep a message for a phone it cannot reach. Three states, since 0 and absent are different
/// things to Apple: 0 is one attempt without storing, absent is 30 days.
package enum Expiry: Hashable, Sendable {
    /// As long as the provider likes: 30 days at APNs, 28 days at FCM.
    case providerDefault
    /// One attempt now, nothing stored.
    case once
    /// Ends at this instant. The caller does not send when it has passed.
    case at(Instant)

    /// FCM's longest time to live, also its default [FCM: AndroidConfig.ttl].
    static let timeToLiveSecondsMax: Int64 = 2_419_200

    /// Whole seconds for FCM's `ttl`, rounded down, 0 to 28 days.
    func timeToLiveSeconds(now: Instant) -> Int64 {
        switch self {
        case .providerDefault: Self.timeToLiveSecondsMax
        case .once: 0
        case .at(let end): min(max((end.milliseconds - now.milliseconds) / 1000, 0), Self.timeToLiveSecondsMax)
        }
    }

    /// The value of `apns-expiration`, seconds since 1970; nil: the header is left out. An instant never becomes 0.
    package var apnsSeconds: Int64? {
        switch self {
        case .providerDefault: nil
        case .once: 0
        case .at(let end): min(max(end.seconds, 1), 99_999_999_999)
        }
    }
}
