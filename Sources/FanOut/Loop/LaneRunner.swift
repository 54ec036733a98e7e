/// A lane on the loop: joins feed, rules and connections. Holds no rule of its own.
final class LaneRunner {
    let lane: EngineLane
    let configuration: LaneConfiguration
    let tls: TLSContext
    /// `:method`, `:scheme`, `:authority`; `:path` is the request's.
    let pseudoFields: HeaderBlock
    private let feed: any RequestFeed
    private let snapshotCell: SnapshotCell
    unowned(unsafe) private let loop: EventLoop
    private var pool: ConnectionPool
    private var connections: [HTTP2Connection] = []
    private var actions: [ConnectionPool.Action] = []
    private var snapshot = LaneSnapshot()
    /// The feed has not said that it is empty since the last wake or answer.
    private var mayHaveWork = false
    private var isStopping = false
    /// A ticket finished or somebody woke the lane: the feed is told at the end of the turn.
    private var hasFinished = false
    /// Set by the loop only.
    var isTouched = false
    /// Requests given to one connection before the roomiest is looked for again.
    private static let fillStep = 64

    init(_ setup: LaneSetup, pool: ConnectionPool, loop: EventLoop) {
        lane = setup.lane
        configuration = setup.configuration
        tls = setup.tls
        pseudoFields = setup.pseudoFields
        feed = setup.feed
        snapshotCell = setup.snapshot
        self.pool = pool
        self.loop = loop
    }

    var now: MonotonicTime { loop.now }
    var poller: Poller { loop.poller }
    var readBuffer: UnsafeMutableRawBufferPointer { loop.readBuffer }
    var isEmpty: Bool { connections.isEmpty && !isTouched }

    func touch() {
        loop.touch(self)
    }

    // MARK: - Orders

    func wake() {
        mayHaveWork = true
        hasFinished = true
        touch()
    }

    func retireConnections() {
        actions += pool.retireAll()
        touch()
    }

    func shutDown() {
        isStopping = true
        mayHaveWork = false
        actions += pool.shutDown()
        touch()
    }

    /// The time for finishing is over.
    func abandon() {
        for connection in connections { close(connection, .shutdown, reason: "the engine stops", polite: true) }
        touch()
    }

    /// False when the connection is not this runner's.
    func resolved(_ id: ConnectionID, _ result: Result<[SocketAddress], ConnectError>) -> Bool {
        guard let connection = connection(id) else { return false }
        let used = Set(connections.map(\.address))
        connection.addressesFound(result.map { HostLookup.unusedFirst($0, used: used) })
        touch()
        return true
    }

    // MARK: - Time

    func nextTimer() -> MonotonicTime? {
        var next = pool.nextTimer()
        for connection in connections {
            guard let due = connection.nextTimer else { continue }
            next = min(next ?? due, due)
        }
        return next
    }

    func runTimers(_ now: MonotonicTime) {
        guard let next = nextTimer(), next <= now else { return }
        for connection in connections { connection.timer(now) }
        actions += pool.timer(now)
        touch()
    }

    // MARK: - The end of a turn

    func endTurn() {
        carryOut()
        for connection in connections { connection.readOn() }
        fill()
        for connection in connections {
            connection.pump()
            if let reason = connection.endReason { ended(connection, reason) }
        }
        carryOut()
        // Before the feed is told, so that whoever it wakes sees this turn.
        pool.describe(&snapshot)
        snapshotCell.write(snapshot)
        if hasFinished {
            hasFinished = false
            feed.turnEnded()
        }
    }

    private func fill() {
        guard mayHaveWork, !isStopping else { return }
        while let (id, free) = pool.roomiest(), let connection = connection(id) {
            for _ in 0..<min(free, Self.fillStep) {
                guard connection.hasRoom else {
                    pool.setBlocked(id, true)
                    break
                }
                guard sendNext(on: connection) else {
                    mayHaveWork = false
                    actions += pool.filled(feedIsEmpty: true, now)
                    return
                }
            }
        }
        actions += pool.filled(feedIsEmpty: false, now)
    }

    /// False when the feed has nothing now.
    private func sendNext(on connection: HTTP2Connection) -> Bool {
        let exchange = connection.takeExchange()
        let info = connection.info
        guard let ticket = feed.next(into: exchange.request, on: info) else {
            connection.giveBack(exchange)
            return false
        }
        if connection.send(exchange, ticket: ticket) {
            pool.streamOpened(connection.id, now)
            snapshot.requestsSent += 1
        } else {
            connection.giveBack(exchange)
            hasFinished = true
            _ = feed.finished(ticket, .notProcessed(.malformed), on: info)
        }
        return true
    }

    private func carryOut() {
        while !actions.isEmpty {
            let due = actions
            actions.removeAll(keepingCapacity: true)
            for action in due { carryOut(action) }
        }
    }

    private func carryOut(_ action: ConnectionPool.Action) {
        switch action {
        case .connect(let id):
            connections.append(HTTP2Connection(id: id, lane: self))
            HostLookup.resolve(ResolverQuestion(configuration)) { [mailbox = loop.mailbox, lane] in
                mailbox.post(.resolved(lane, id, $0))
            }
        case .ping(let id): connection(id)?.ping()
        case .close(let id, let reason):
            guard let connection = connection(id) else { return }
            switch reason {
            case .connectTimedOut:
                connectFailed(connection, connection.timeOutFailure)
            case .drained: close(connection, .shutdown, reason: "drained", polite: true)
            case .stalled:
                let reason = "the peer takes no requests"
                snapshot.lastError = reason
                close(connection, .connectionLost(reason), reason: reason, polite: true)
            case .ordered: close(connection, .shutdown, reason: "ordered", polite: true)
            case .pingUnanswered:
                close(connection, .connectionLost("PING unanswered"), reason: "PING unanswered", polite: false)
            }
        }
        touch()
    }

    // MARK: - Facts from connections

    func opened(_ connection: HTTP2Connection, peerStreamsMax: Int?, address: String, resumed: Bool) {
        pool.connectionReady(connection.id, peerStreamsMax: peerStreamsMax, now)
        feed.laneEvent(.opened(connection.info, address: address, resumed: resumed))
    }

    func connectFailed(_ connection: HTTP2Connection, _ failure: ConnectError) {
        forget(connection)
        connection.close(.shutdown, polite: false)
        let wait = pool.connectFailed(connection.id, now)
        snapshot.lastError = failure.description
        feed.laneEvent(.connectFailed(failure, retryAfter: wait))
        touch()
    }

    func received(_ connection: HTTP2Connection) {
        pool.received(connection.id, now)
    }

    func pingAnswered(_ connection: HTTP2Connection) {
        pool.pingAnswered(connection.id)
    }

    func peerStreamsMaxChanged(_ connection: HTTP2Connection, _ limit: Int?) {
        pool.peerStreamsMaxChanged(connection.id, limit)
    }

    func roomChanged(_ connection: HTTP2Connection) {
        let hasRoom = connection.hasRoom
        pool.setBlocked(connection.id, !hasRoom)
        // A round of filling that ended at a closed window goes on; one that ended at full streams waits for answers.
        if hasRoom, mayHaveWork, pool.roomiest() != nil { touch() }
    }

    func goAway(_ connection: HTTP2Connection, lastStreamID: Int32, code: UInt32, debugData: [UInt8]) {
        snapshot.lastError = GoAwayText.sentence(code: code, debugData: debugData)
        actions += pool.goAway(connection.id, isError: code != 0, now)
        feed.laneEvent(.goAway(connection.info, lastStreamID: lastStreamID, code: code, debugData: debugData))
    }

    func finished(
        _ connection: HTTP2Connection,
        _ exchange: Exchange,
        _ result: RequestResult,
        _ end: ConnectionPool.StreamEnd
    ) {
        hasFinished = true
        mayHaveWork = !isStopping
        touch()
        let wish = feed.finished(exchange.ticket, result, on: connection.info)
        actions += pool.streamEnded(connection.id, end, now)
        switch wish {
        case .keep: break
        case .retireConnection: actions += pool.retire(connection.id, now)
        }
    }

    // MARK: - Ending connections

    /// The peer, the network or the feed ended it.
    private func ended(_ connection: HTTP2Connection, _ reason: String) {
        guard connection.isReady else {
            return connectFailed(connection, .protocolError("\(configuration.host): \(reason)"))
        }
        pool.connectionLost(connection.id, now)
        snapshot.lastError = reason
        close(connection, .connectionLost(reason), reason: reason, polite: false)
    }

    private func close(_ connection: HTTP2Connection, _ ambiguity: Ambiguity, reason: String, polite: Bool) {
        guard forget(connection) else { return }
        let wasReady = connection.isReady
        connection.close(ambiguity, polite: polite)
        if wasReady { feed.laneEvent(.closed(connection.info, reason: reason, retryAfter: pool.reconnectWait(now))) }
    }

    @discardableResult
    private func forget(_ connection: HTTP2Connection) -> Bool {
        guard let index = connections.firstIndex(where: { $0 === connection }) else { return false }
        connections.remove(at: index)
        return true
    }

    private func connection(_ id: ConnectionID) -> HTTP2Connection? {
        connections.first { $0.id == id }
    }
}
