/// The rules of a lane's connections: how many, when to open, how many streams, when to ping, retire and give up.
///
/// No socket, no clock, no protocol: facts come in with their time, actions go out. The caller carries out an action before
/// it reports the next fact. Facts about connections the pool no longer knows are ignored.
package struct ConnectionPool: Sendable {
    package enum Action: Sendable, Equatable {
        case connect(ConnectionID)
        case ping(ConnectionID)
        /// The pool has forgotten the connection; whatever is in flight on it is lost.
        case close(ConnectionID, CloseReason)
    }

    package enum CloseReason: Sendable, Equatable {
        case drained, connectTimedOut, pingUnanswered, stalled, ordered
    }

    /// How a stream ended, as far as the connection's health is concerned.
    package enum StreamEnd: Sendable, Equatable {
        /// 2xx.
        case succeeded
        /// Any other answer.
        case answered
        case reset
        /// REFUSED_STREAM: the peer will not take it now.
        case refused
        case timedOut(sentAt: MonotonicTime)
    }

    let rules: PoolRules
    var connections: [PooledConnection] = []
    var backOff: BackOff
    /// The feed has (or had when last asked) more than the connections could take.
    private(set) var workWaits = false
    private(set) var saturatedSince: MonotonicTime?
    private(set) var isShuttingDown = false
    /// When the ready connections were last too few to carry the load with one less.
    var neededAt = MonotonicTime(nanoseconds: .min)
    private var lastID: UInt64

    /// - Parameters:
    ///   - rules: fixed for the pool's life.
    ///   - firstID: connection ids count up from here.
    ///   - seed: of the jitter.
    package init(rules: PoolRules, firstID: UInt64 = 1, seed: UInt64) {
        self.rules = rules
        lastID = firstID - 1
        backOff = BackOff(from: rules.backOffMin, to: rules.backOffMax, seed: seed)
    }

    // MARK: - Work

    /// The ready connection with the most room for streams, and how much.
    package func roomiest() -> (id: ConnectionID, free: Int)? {
        var best: (id: ConnectionID, free: Int)?
        for connection in connections {
            let free = connection.free(rules)
            if free > (best?.free ?? 0) { best = (connection.id, free) }
        }
        return best
    }

    /// The end of a round of filling. `feedIsEmpty`: the feed had nothing more; otherwise the connections are full.
    package mutating func filled(feedIsEmpty: Bool, _ now: MonotonicTime) -> [Action] {
        workWaits = !feedIsEmpty
        noteNeed(now)
        noteStalls(now)
        if feedIsEmpty {
            saturatedSince = nil
            return []
        }
        if saturatedSince == nil { saturatedSince = now }
        return connectIfDue(now)
    }

    package mutating func streamOpened(_ id: ConnectionID, _ now: MonotonicTime) {
        guard let index = index(id) else { return }
        if connections[index].inFlight == 0 { connections[index].busyOrIdleSince = now }
        connections[index].inFlight += 1
        connections[index].requestsSent += 1
        if connections[index].requestsSent >= rules.requestsPerConnectionMax { connections[index].phase = .draining }
    }

    package mutating func streamEnded(_ id: ConnectionID, _ end: StreamEnd, _ now: MonotonicTime) -> [Action] {
        guard let index = index(id) else { return [] }
        precondition(connections[index].inFlight > 0, "a stream ends once")
        connections[index].inFlight -= 1
        if connections[index].inFlight == 0 { connections[index].busyOrIdleSince = now }
        switch end {
        case .succeeded:
            connections[index].isProven = true
            connections[index].answered(now)
        case .answered: connections[index].answered(now)
        case .reset: connections[index].lastAnswer = now
        case .refused: refused(index, now)
        case .timedOut(let sentAt):
            // Not one answer since this request was sent: PINGs may come back, requests do not (pushy#816). Take another.
            if connections[index].lastAnswer <= sentAt { drain(index, now) }
        }
        return closeIfDrained(index)
    }

    /// Output full or the peer's window closed: no new stream until it is lifted.
    package mutating func setBlocked(_ id: ConnectionID, _ isBlocked: Bool) {
        guard let index = index(id) else { return }
        connections[index].isBlocked = isBlocked
    }

    // MARK: - Connections

    /// The peer's SETTINGS are in. `peerStreamsMax` nil: they name no limit.
    package mutating func connectionReady(_ id: ConnectionID, peerStreamsMax: Int?, _ now: MonotonicTime) {
        guard let index = index(id), connections[index].phase == .connecting else { return }
        connections[index].phase = .ready
        connections[index].since = now
        connections[index].lastRead = now
        connections[index].lastAnswer = now
        connections[index].busyOrIdleSince = now
        saturatedSince = nil
        neededAt = now
        peerStreamsMaxChanged(id, peerStreamsMax)
    }

    package mutating func peerStreamsMaxChanged(_ id: ConnectionID, _ limit: Int?) {
        guard let index = index(id) else { return }
        connections[index].peerStreamsMax = limit
        connections[index].peerStreamsPeak = max(connections[index].peerStreamsPeak, limit ?? 0)
    }

    /// - Returns: how long the pool waits before the next try.
    package mutating func connectFailed(_ id: ConnectionID, _ now: MonotonicTime) -> Duration {
        if let index = index(id) { connections.remove(at: index) }
        backOff.failed(now)
        return backOff.remaining(now)
    }

    /// The peer or the network ended it.
    package mutating func connectionLost(_ id: ConnectionID, _ now: MonotonicTime) {
        guard let index = index(id) else { return }
        // A proxy that has had enough may just close; with nothing in flight that is as orderly as a GOAWAY.
        if connections[index].phase == .ready {
            judge(connections[index], isOrderly: connections[index].inFlight == 0, now)
        }
        connections.remove(at: index)
    }

    /// GOAWAY, also the first of two: no new stream, what is in flight goes on [RFC 9113 §6.8].
    /// `isError`: its code is not NO_ERROR, and the replacement waits, however old the connection was.
    package mutating func goAway(_ id: ConnectionID, isError: Bool = false, _ now: MonotonicTime) -> [Action] {
        guard let index = index(id), connections[index].phase == .ready else { return [] }
        drain(index, isOrderly: !isError, now)
        if isError { backOff.failed(now) }
        return closeIfDrained(index)
    }

    /// The feed does not want the connection any more.
    package mutating func retire(_ id: ConnectionID, _ now: MonotonicTime) -> [Action] {
        guard let index = index(id), connections[index].phase == .ready else { return [] }
        drain(index, isOrderly: true, now)
        return closeIfDrained(index)
    }

    /// A changed credential: all connections are replaced, without a wait.
    package mutating func retireAll() -> [Action] {
        var actions: [Action] = []
        for index in connections.indices.reversed() {
            if connections[index].phase == .connecting {
                actions.append(.close(connections.remove(at: index).id, .ordered))
            } else {
                connections[index].phase = .draining
                actions += closeIfDrained(index)
            }
        }
        return actions
    }

    /// Nothing new is opened; the pool is done when it is empty.
    package mutating func shutDown() -> [Action] {
        isShuttingDown = true
        return retireAll()
    }

    package var isEmpty: Bool { connections.isEmpty }

    package mutating func received(_ id: ConnectionID, _ now: MonotonicTime) {
        guard let index = index(id) else { return }
        connections[index].lastRead = now
    }

    package mutating func pingAnswered(_ id: ConnectionID) {
        guard let index = index(id) else { return }
        connections[index].pingSent = nil
    }

    // MARK: - Helpers

    func index(_ id: ConnectionID) -> Int? {
        connections.firstIndex { $0.id == id }
    }

    mutating func drain(_ index: Int, isOrderly: Bool = false, _ now: MonotonicTime) {
        guard connections[index].phase == .ready else { return }
        judge(connections[index], isOrderly: isOrderly, now)
        connections[index].phase = .draining
    }

    mutating func closeIfDrained(_ index: Int) -> [Action] {
        guard connections[index].phase == .draining, connections[index].inFlight == 0 else { return [] }
        return [.close(connections.remove(at: index).id, .drained)]
    }

    /// An old connection that ends is normal life, and so is one that the peer ends in order after answers (nginx does after a thousand
    /// requests, a load balancer when it is renewed). A young one that is lost is a sign of trouble: after answers the wait begins anew with
    /// the shortest, without any it doubles.
    private mutating func judge(_ connection: PooledConnection, isOrderly: Bool = false, _ now: MonotonicTime) {
        let isOld = now - connection.since >= rules.youngAge
        if isOld || connection.answers > 0 { backOff.reset() }
        if !isOld, connection.answers == 0 || !isOrderly { backOff.failed(now) }
    }

    /// How long until a connection may be opened; nil when one is open or opening, or may be opened now.
    package func reconnectWait(_ now: MonotonicTime) -> Duration? {
        guard !connections.contains(where: { $0.phase != .draining }) else { return nil }
        let wait = backOff.remaining(now)
        return wait > .zero ? wait : nil
    }

    /// When the next connection may be opened, if one is wanted at all.
    func connectDue() -> MonotonicTime? {
        guard workWaits, !isShuttingDown, connections.count < 2 * rules.connectionsMax else { return nil }
        let open = connections.filter { $0.phase != .draining }
        // One at a time: the second waits to see what becomes of the first.
        guard open.count < rules.connectionsMax, !open.contains(where: { $0.phase == .connecting }) else { return nil }
        let retryAt = backOff.notBefore ?? MonotonicTime(nanoseconds: .min)
        if open.isEmpty { return retryAt }
        // A connection that must prove itself, or whose peer asks for less or refuses, is no reason for a second one.
        let mayGrow = open.allSatisfy {
            ($0.isProven || rules.streamsBeforeFirstSuccess == nil) && ($0.peerStreamsMax ?? .max) >= $0.peerStreamsPeak
                && $0.refusals == 0
        }
        guard mayGrow, let saturatedSince else { return nil }
        return max(retryAt, saturatedSince + rules.growAfter)
    }

    mutating func connectIfDue(_ now: MonotonicTime) -> [Action] {
        guard let due = connectDue(), due <= now else { return [] }
        lastID += 1
        connections.append(PooledConnection(id: ConnectionID(lastID), now: now))
        return [.connect(ConnectionID(lastID))]
    }
}
