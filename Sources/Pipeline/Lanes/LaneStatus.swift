package import Domain

/// A lane at this moment, as the operator and the metrics see it.
package struct LaneStatus: Sendable {
    package var id: LaneID
    package var name: String
    package var provider: Provider
    /// `active paused draining open halfOpen credentialFault`.
    package var state: String
    package var reason: String
    /// When it opens by itself; nil when nobody knows or it is open.
    package var until: Instant?
    package var window: Int
    package var inFlight: Int
    package var connections: Int
    package var lastError: String?
}
