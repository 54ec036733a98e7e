/// The limits and times a lane's pool of connections keeps to.
package struct PoolRules: Sendable, Equatable {
    /// Open or opening; as many again may be draining.
    package var connectionsMax = 2
    /// Our own ceiling per connection; the peer's live SETTINGS_MAX_CONCURRENT_STREAMS lowers it.
    package var streamsPerConnectionMax = 1000
    /// Held while the peer's SETTINGS name no limit. FCM ends connections somewhere above 100 (firebase-admin-node#2943).
    package var streamsUnannounced = 100
    /// Streams until the connection's first 2xx; APNs with a token allows one. Nil: no such limit.
    package var streamsBeforeFirstSuccess: Int?
    /// How long every connection must have been full, work waiting, before another is opened.
    package var growAfter: Duration = .milliseconds(100)
    /// From asking the resolver to the peer's SETTINGS.
    package var connectTimeout: Duration = .seconds(10)
    /// Nothing read for so long although an answer is due: PING.
    package var pingAfterSilence: Duration = .seconds(10)
    /// Nothing in flight and nothing read for so long: PING, so that a connection cut by a firewall is noticed.
    package var pingAfterIdle: Duration = .seconds(600)
    /// An unanswered PING of this age means a dead connection.
    package var pingTimeout: Duration = .seconds(10)
    /// PINGs are not closer than this, an unanswered one apart: more invite ENHANCE_YOUR_CALM.
    package var pingIntervalMin: Duration = .seconds(30)
    /// An older connection is drained and replaced (mozilla-services/autopush#1393).
    package var ageMax: Duration = .seconds(24 * 3600)
    /// Retired before stream ids run out at 2^31; ids are odd, so this is id 1,000,000,001.
    package var requestsPerConnectionMax: UInt64 = 500_000_000
    /// Closed when nothing was in flight for so long. Nil: kept; Apple takes frequent reconnecting for an attack.
    package var idleCloseAfter: Duration?
    /// A connection beyond the first is closed when the others would have been at most half full without it for so long.
    /// Nil: kept. Minutes, since the next burst would otherwise find it gone.
    package var surplusCloseAfter: Duration? = .seconds(300)
    /// A connection that takes no request for so long although work waits and nothing is in flight (a limit of zero streams,
    /// a window that stays closed) is given up.
    package var stallMax: Duration = .seconds(60)
    /// Pause on a connection that refuses streams (REFUSED_STREAM) and answers none: doubles from the first to the second.
    /// Resending is free, and without a pause it would be a loop at the speed of the network.
    package var refusalPauseMin: Duration = .milliseconds(20)
    package var refusalPauseMax: Duration = .seconds(5)
    /// So many pauses without one answer, and the connection is given up.
    package var refusalPausesMax = 10
    /// A connection that ends younger than this counts as a failure and is not replaced at once, unless it ends in order after answers.
    package var youngAge: Duration = .seconds(60)
    /// Wait before the next try: doubles from the first to the second, less a random part of up to half.
    package var backOffMin: Duration = .seconds(1)
    package var backOffMax: Duration = .seconds(60)

    package init() {}
}
