import Domain

/// The part of a lane that rings phones through another provider's credential (the APNs key stored in a Firebase project): when that is
/// refused, iPhones and browsers wait and are probed, Android goes on.
struct PlatformPart: Sendable {
    /// What waits in memory; beyond it deliveries get a retry row.
    static let parkedMax = 4000
    static let waitOfRest = Duration.seconds(300)
    /// How long the look-up of a probe may take before another delivery is tried.
    static let lookUpMilliseconds: Int64 = 10_000

    var state = LaneState()
    var parked: [LoadedDelivery] = []
    /// The request that finds out whether the credential works again.
    var probe: UInt64?
    /// When the address of a delivery that shall be the probe was asked for (monotonic milliseconds).
    var lookUpAskedAt: Int64?

    static func concerns(_ delivery: borrowing LoadedDelivery) -> Bool {
        switch delivery.platform {
        case .ios, .web: true
        case .android, nil: false
        }
    }

    /// Whether a delivery of this part may go now.
    mutating func permits(now: Int64) -> Bool { state.permits(inFlight: probe == nil ? 0 : 1, now: now) }

    /// Whether a parked delivery shall be looked up for the probe now.
    func isLookUpDue(now: Int64) -> Bool { lookUpAskedAt.map { now - $0 > Self.lookUpMilliseconds } ?? true }
}
