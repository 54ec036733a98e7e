/// What the pool knows of one connection.
struct PooledConnection: Sendable {
    enum Phase: Sendable, Equatable {
        /// Name, TCP, TLS, SETTINGS. Can transition to: ready (SETTINGS came), removed (failed, timed out).
        case connecting
        /// Takes streams. Can transition to: draining (GOAWAY, age, stream ids, retired), removed (lost, dead).
        case ready
        /// Finishes what is in flight. Can transition to: removed (empty, lost, dead).
        case draining
    }

    let id: ConnectionID
    var phase = Phase.connecting
    /// Begin of `connecting`, then the arrival of the peer's SETTINGS.
    var since: MonotonicTime
    var peerStreamsMax: Int?
    /// The largest number the peer ever announced: below it, the peer has asked for less.
    var peerStreamsPeak = 0
    /// A 2xx has come: `streamsBeforeFirstSuccess` no longer holds.
    var isProven = false
    /// Output is full or the peer's window is closed.
    var isBlocked = false
    var inFlight = 0
    /// Pauses for refused streams since the last answer.
    var refusals = 0
    /// No new stream before this, for the peer refused some.
    var pausedUntil: MonotonicTime?
    /// Work waits, nothing is in flight, and the peer takes nothing.
    var stalledSince: MonotonicTime?
    var requestsSent: UInt64 = 0
    /// Answers of the peer, of whatever status.
    var answers: UInt64 = 0
    var lastRead: MonotonicTime
    var lastAnswer: MonotonicTime
    /// When `inFlight` last changed from or to zero.
    var busyOrIdleSince: MonotonicTime
    var pingSent: MonotonicTime?
    var lastPing: MonotonicTime?

    init(id: ConnectionID, now: MonotonicTime) {
        self.id = id
        since = now
        lastRead = now
        lastAnswer = now
        busyOrIdleSince = now
    }

    mutating func answered(_ now: MonotonicTime) {
        lastAnswer = now
        answers += 1
        refusals = 0
        pausedUntil = nil
    }

    /// How many streams may be open at once now.
    func budget(_ rules: PoolRules) -> Int {
        guard phase == .ready else { return 0 }
        let allowed = min(rules.streamsPerConnectionMax, peerStreamsMax ?? rules.streamsUnannounced)
        guard !isProven, let first = rules.streamsBeforeFirstSuccess else { return allowed }
        return min(allowed, first)
    }

    func free(_ rules: PoolRules) -> Int {
        guard !isBlocked, pausedUntil == nil, inFlight < budget(rules) else { return 0 }
        return min(budget(rules) - inFlight, Int(clamping: rules.requestsPerConnectionMax - requestsSent))
    }

    /// When a PING is due, or the unanswered one makes the connection dead.
    func pingDue(_ rules: PoolRules) -> MonotonicTime {
        if let pingSent { return pingSent + rules.pingTimeout }
        let quietSince = max(lastRead, busyOrIdleSince)
        let due = quietSince + (inFlight > 0 ? rules.pingAfterSilence : rules.pingAfterIdle)
        guard let lastPing else { return due }
        return max(due, lastPing + rules.pingIntervalMin)
    }
}
