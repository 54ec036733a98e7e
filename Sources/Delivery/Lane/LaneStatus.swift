package import Domain

/// A lane at this moment, as the operator and the metrics see it.
package struct LaneStatus: Sendable {
    package var id: LaneID
    package var name: String
    package var provider: ProviderID
    /// `active paused draining open halfOpen credentialFault`.
    package var state: String
    package var reason: String
    /// When it opens by itself; nil when nobody knows or it is open.
    package var until: Instant?
    package var window: Int
    package var inFlight: Int
    package var connections: Int
    package var lastError: String?
    /// Removals are frozen by the mass guard until a person has looked.
    package var isFrozen: Bool
    /// Since when it is in this state, probes of a closed lane included.
    package var since: Instant?

    package init(
        id: LaneID,
        name: String,
        provider: ProviderID,
        state: String,
        reason: String = "",
        until: Instant? = nil,
        window: Int = 0,
        inFlight: Int = 0,
        connections: Int = 0,
        lastError: String? = nil,
        isFrozen: Bool = false,
        since: Instant? = nil
    ) {
        self.id = id
        self.name = name
        self.provider = provider
        self.state = state
        self.reason = reason
        self.until = until
        self.window = window
        self.inFlight = inFlight
        self.connections = connections
        self.lastError = lastError
        self.isFrozen = isFrozen
        self.since = since
    }
}
