package import Domain

/// A lane with what waits on it. What only the running service knows is null when the store is asked.
package struct LaneView: WireView {
    package var lane = ""
    package var provider: String?
    /// `active paused draining open halfOpen credentialFault`.
    package var state = ""
    package var reason: String?
    /// Since when it is in this state; the probes of a closed lane are no change.
    package var since: Instant?
    /// When it opens by itself.
    package var until: Instant?
    package var window: Int?
    package var inFlight: Int?
    package var pending = 0
    package var deferred = 0
    package var dead = 0
    /// By an operator; neither pending nor deferred.
    package var held = 0
    package var oldestSeconds: Int?
    package var connections: Int?
    package var areRemovalsFrozen = false

    package init() {}

    package static let members: [WireMember<LaneView>] = [
        .always("lane", \.lane), .always("provider", \.provider), .always("state", \.state),
        .always("reason", \.reason), .always("since", \.since), .always("until", \.until), .always("window", \.window),
        .always("inFlight", \.inFlight), .always("pending", \.pending), .always("deferred", \.deferred),
        .always("dead", \.dead), .always("held", \.held), .always("oldestSeconds", \.oldestSeconds),
        .maybe("connections", \.connections), .always("removalsFrozen", \.areRemovalsFrozen),
    ]
}
