import Domain

/// What the lanes of one host know together: connections that fail and 5xx answers are the host's illness, whichever credential met them.
///
/// A breaker of the same kind as a lane's, without window or orders.
struct HostHealth: Sendable {
    var state = LaneState()
    /// Requests under way on all lanes of the host.
    var inFlight = 0

    mutating func permits(now: Int64) -> Bool { state.permits(inFlight: inFlight, now: now) }
}
