import Domain

/// The part of a lane whose messages its provider hands on under a second credential: when that one is refused, the platforms behind it wait
/// and are probed, the others go on.
struct PlatformPart: Sendable {
    /// What waits in memory; beyond it deliveries get a retry row.
    static let parkedMax = 4000
    static let waitOfRest = Duration.seconds(300)
    /// How long the look-up of a probe may take before another delivery is tried.
    static let lookUpMilliseconds: Int64 = 10_000

    let platforms: Set<Platform>
    var state = LaneState()
    var parked: [LoadedDelivery] = []
    /// The request that finds out whether the credential works again.
    var probe: UInt64?
    /// When the address of a delivery that shall be the probe was asked for (monotonic milliseconds).
    var lookUpAskedAt: Int64?

    init(_ platforms: Set<Platform>) { self.platforms = platforms }

    /// An app that did not say what it runs on is none of it.
    func concerns(_ delivery: borrowing LoadedDelivery) -> Bool {
        delivery.platform.map(platforms.contains) ?? false
    }

    /// Whether a delivery of this part may go now.
    mutating func permits(now: Int64) -> Bool { state.permits(inFlight: probe == nil ? 0 : 1, now: now) }

    /// Whether a parked delivery shall be looked up for the probe now.
    func isLookUpDue(now: Int64) -> Bool { lookUpAskedAt.map { now - $0 > Self.lookUpMilliseconds } ?? true }
}
