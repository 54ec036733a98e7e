import Domain

/// Whether the broker is connected, since when, and when it is tried again.
struct BrokerLink: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case connected(since: Instant)
        /// `reason`: of the last attempt; nil before the first has ended.
        case apart(since: Instant, reason: String?)
    }

    private(set) var state: State
    private var failures = 0

    /// A connection that has lasted so long was one: what comes after it begins with the shortest wait.
    private static let steady = Duration.seconds(30)
    private static let waitMax = Duration.seconds(30)

    init(now: Instant) { state = .apart(since: now, reason: nil) }

    mutating func connected(now: Instant) { state = .connected(since: now) }

    /// An attempt was in vain, or the connection has ended.
    ///
    /// - Parameters:
    ///   - reason: names no secret.
    ///   - now: the time.
    ///   - share: 0…1, at random: many gateways do not come at once.
    /// - Returns: how long to wait before the next attempt: a second, twice as long each time, at most 30, and of that between half and all.
    mutating func ended(_ reason: String, now: Instant, share: Double) -> Duration {
        switch state {
        case .connected(let since):
            if now - since >= Self.steady { failures = 0 }
            state = .apart(since: now, reason: reason)
        case .apart(let since, _): state = .apart(since: since, reason: reason)
        }
        let wait = min(Self.waitMax, .seconds(1 << min(failures, 5)))
        failures += 1
        return wait / 2 + wait * share / 2
    }

    var isConnected: Bool { if case .connected = state { true } else { false } }

    /// nil while nothing is wrong.
    var alarm: String? {
        guard case .apart(let since, let reason?) = state else { return nil }
        return "NATS is not connected since \(since.rfc3339): \(reason)"
    }
}
