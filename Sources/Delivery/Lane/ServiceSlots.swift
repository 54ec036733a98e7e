import Domain

/// Which push services that addresses name have a lane, at most ``ServiceLanes/lanesMax`` of one provider.
///
/// Whoever registers a device names a host, so a lane is only lent until a connection to its host has stood. One that nobody could connect
/// to gives its place to a newcomer, and comes back only where a place is free: hosts that are invented, however many, take nothing from
/// those that exist. A value without clock, I/O or lock; instants are monotonic milliseconds.
struct ServiceSlots: Sendable {
    enum Standing: Sendable {
        case trying
        /// No connection has ever stood, and the last try failed.
        case failed
        /// A connection stood. It keeps its place while a device needs it.
        case proven
    }

    enum Place: Equatable, Sendable {
        case free
        /// The one that gives way.
        case insteadOf(LaneKey)
        /// All have one by right.
        case none
    }

    /// So long a lane may try; a connection takes at most 10 s (`PoolRules.connectTimeout`) and begins with the first delivery.
    static let trialMilliseconds: Int64 = 30_000
    /// So long a host that could not be reached takes no place from another.
    static let failureMilliseconds: Int64 = 600_000
    /// Hosts remembered as unreachable, and hosts that wait for a place.
    static let rememberedMax = 1024

    private struct Service: Sendable {
        var since: Int64
        var standing = Standing.trying
    }

    private var open: [LaneKey: Service] = [:]
    /// Those that gave way, and until when that counts.
    private var failures: [LaneKey: Int64] = [:]
    /// Services without a lane for which something waits.
    private(set) var waiting: Set<LaneKey> = []

    /// Services with a lane.
    var services: [LaneKey] { Array(open.keys) }

    /// Where a service that has no lane gets one.
    func place(for service: LaneKey, now: Int64) -> Place {
        let peers = open.filter { $0.key.provider == service.provider }
        guard peers.count >= ServiceLanes.lanesMax else { return .free }
        guard failures[service].map({ $0 <= now }) ?? true else { return .none }
        let yielding = peers.filter { _, peer in
            switch peer.standing {
            case .failed: true
            case .trying: now - peer.since >= Self.trialMilliseconds
            case .proven: false
            }
        }
        let oldest = yielding.min { ($0.value.since, $0.key.app) < ($1.value.since, $1.key.app) }
        return oldest.map { .insteadOf($0.key) } ?? .none
    }

    mutating func opened(_ service: LaneKey, now: Int64) {
        open[service] = Service(since: now)
        waiting.remove(service)
    }

    /// What the lane shows; one that has stood once stays proven.
    mutating func note(_ service: LaneKey, _ standing: Standing) {
        guard open[service]?.standing != .proven else { return }
        open[service]?.standing = standing
    }

    /// No device needs it.
    mutating func forget(_ service: LaneKey) { open[service] = nil }

    /// It gave way to another.
    mutating func yielded(_ service: LaneKey, now: Int64) {
        open[service] = nil
        failures = failures.filter { $0.value > now }
        if failures.count < Self.rememberedMax { failures[service] = now + Self.failureMilliseconds }
        wait(service)
    }

    /// Something waits for a service that has no lane. One too many comes back with its next event.
    mutating func wait(_ service: LaneKey) {
        guard waiting.count < Self.rememberedMax else { return }
        waiting.insert(service)
    }

    /// Nothing waits for it any more.
    mutating func gaveUp(_ service: LaneKey) { waiting.remove(service) }
}
