import Domain
import Providers

/// What a lane keeps to; fixed while it lives, but for its bounds.
struct LaneRules: Sendable {
    /// Of the lane, for what is said about a target.
    var name: String
    var policy: RetryPolicy
    var bounds: LaneBounds
    /// Fewer deliveries waiting than this, and more are asked for.
    var lowWater: Int
    /// Owners who have to meet a refused credential before it is believed: where the parent names the host, one that answers 401 must not
    /// silence the others.
    var accusersMin = 1
    /// A host without HTTP/2 is served by another client.
    var hasOrdinaryClient = false
    /// Phones that are rung under a second credential (``PlatformPart``).
    var forwardedPlatforms: Set<Platform> = []
    /// Of the jitter in waiting.
    var seed: UInt64
}
