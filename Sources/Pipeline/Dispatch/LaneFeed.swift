import Domain
import FanOut
import Providers
import Store
import Synchronization
import Telemetry

/// A lane's side of the engine (or of the ordinary client): takes loaded deliveries in order, writes requests, turns answers into outcomes.
///
/// All on the lane's thread, which is the engine's loop, but `add`, `order` and what `shared` holds. Per delivery: no task, no lock that waits, no JSON, no row, no log
/// line; outcomes leave in one array a turn. `@unchecked Sendable`: everything outside `shared` belongs to that thread.
final class LaneFeed: RequestFeed, @unchecked Sendable {
    /// Free resends of one delivery; the next counts as an attempt.
    static let resendsMax = 10
    /// Devices that have to meet it before a push service's refusal is the credential's.
    static let accusersMin = 3
    private static let reserveShare = 8
    static let doubtWait = Duration.seconds(60)

    let shared = Mutex(Shared())
    var wire: LaneProtocol
    /// What connections up to this one still use after a reload, until they are retired.
    private var replaced: (wire: LaneProtocol, lastConnection: ConnectionID)
    private var newestConnection = ConnectionID(0)
    let policy: RetryPolicy
    let time: TimeSource
    let recorder: Recorder
    let metrics: LaneMetrics
    private let lowWater: Int
    let signal: @Sendable (Signal) -> Void

    var lane: LaneState
    private(set) var host: HostHealth
    private let bounds: LaneBounds
    private var budget: RateBudget?
    private var deviceRates: DeviceRates?
    var massGuard = MassGuard()
    var platformPart = PlatformPart()
    var stock = LaneStock()
    var bars = DeliveryBars()
    /// Taken out by the order whose commit is under way; they come back when it fails.
    var aside: [LoadedDelivery] = []
    /// Devices of a push service that met "not you" since it last accepted something.
    var accusers: Set<DeviceID> = []
    private var tests: [LoadedDelivery] = []
    var flights: [InFlight?] = []
    private var freeFlights: [Int] = []
    private var inFlight = 0
    var produced = Recorder.Batch()
    private var isRefreshing = false
    /// Access and provider tokens refused since something was last accepted. All that is under way with one comes back with the same word,
    /// and that is one word; a second token refused is the credential's fault.
    var refusedTokens: Set<String> = []
    static let refusedTokensMax = 16
    private var connectFault: String?
    private var hasConnected = false
    /// Written by the engine's thread before it says so, and never again: what the engine still asks afterwards is not answered, since
    /// another thread has the lane by then.
    private var hasLeftEngine = false
    var lastError: String?
    var random = SystemRandomNumberGenerator()
    private var scratch: [UInt8] = []

    init(
        wire: LaneProtocol,
        policy: RetryPolicy,
        time: TimeSource,
        recorder: Recorder,
        metrics: LaneMetrics,
        lowWater: Int,
        bounds: LaneBounds,
        host: HostHealth,
        signal: @escaping @Sendable (Signal) -> Void
    ) {
        self.wire = wire
        replaced = (wire, ConnectionID(0))
        self.policy = policy
        self.time = time
        self.recorder = recorder
        self.metrics = metrics
        self.lowWater = lowWater
        self.signal = signal
        self.bounds = bounds
        self.host = host
        lane = LaneState(windowMax: bounds.windowMax)
        budget = bounds.messagesPerMinute.map(RateBudget.init(perMinute:))
        deviceRates = bounds.deviceMessagesPerMinute.map { DeviceRates(perMinute: $0) }
    }

    // MARK: - From the dispatcher's thread

    func add(_ batch: LoadedBatch) {
        shared.withLock { shared in
            shared.batches.append(batch)
            shared.loaded += batch.remaining
        }
    }

    /// In force at the loop's next turn. A pause shows at once, also while nothing is connected.
    func order(_ order: Order) {
        shared.withLock { shared in
            shared.orders.append(order)
            if case .pause(let why, let draining) = order {
                shared.status.state = draining ? "draining" : "paused"
                shared.status.reason = why
                shared.status.isActive = false
                shared.status.isSendingAllowed = false
            }
        }
    }

    var status: Status { shared.withLock { $0.status } }

    var loaded: Int { shared.withLock { $0.loaded } }

    /// From the engine's thread to another, after `needsOrdinaryClient`: nothing is in flight, and the engine gets no answer any more.
    func leaveEngine() {
        precondition(inFlight == 0, "A lane leaves the engine without requests under way")
        host = HostHealth(name: host.name)
        connectFault = nil
    }

    // MARK: - On the lane's thread

    func next(into request: RequestBuffer, on connection: ConnectionInfo) -> UInt64? {
        guard !hasLeftEngine else { return nil }
        newestConnection = max(newestConnection, connection.id)
        let wire = connection.id <= replaced.lastConnection ? replaced.wire : wire
        return next { delivery, now, scratch in
            try wire.write(delivery, to: request, on: connection, now: now, scratch: &scratch)
        }
    }

    /// The next delivery that may go now, written by `write`; nil when there is none, or none may go. `write` gives nil while there is no
    /// credential.
    func next(_ write: (LoadedDelivery, Instant, inout [UInt8]) throws -> UsedCredential?) -> UInt64? {
        takeOrders()
        if let ticket = beginTest(write) { return ticket }
        guard !recorder.isFull else { return nothing() }
        let monotonic = time.monotonic()
        noteClosed(at: monotonic)
        guard lane.permits(inFlight: inFlight, now: monotonic), host.permits(now: monotonic),
            budget?.hasRoom(now: monotonic) ?? true, keepsReserve(monotonic)
        else { return nothing() }
        let now = time.now()
        while let delivery = takeDelivery(monotonic) {
            if delivery.event.expiresAt <= now {
                end(delivery, SlotResult(.expired, reason: .expired))
                continue
            }
            if case .tooLarge = delivery.event.body {
                end(delivery, SlotResult(.rejected, reason: .payloadRefused))
                continue
            }
            if deviceRates?.take(delivery.device, now: monotonic) == false {
                hold(delivery, now, .seconds(60))
                continue
            }
            if parks(delivery, now) { continue }
            do {
                guard let credential = try write(delivery, now, &scratch) else {
                    stock.putFirst(delivery)
                    refresh(rejected: nil)
                    return nothing()
                }
                if case .fcm(let lane) = wire, !isRefreshing, lane.needsRefresh(at: now) { refresh(rejected: nil) }
                budget?.count()
                return begin(delivery, credential, now)
            } catch {
                stock.putFirst(delivery)
                lane.credentialRefused("\(error)", now: time.monotonic())
                return nothing()
            }
        }
        return nothing()
    }

    func finished(_ ticket: UInt64, _ result: RequestResult, on connection: ConnectionInfo) -> AfterAnswer {
        let flight = land(ticket)
        let now = time.now()
        switch result {
        case .answered(let answer):
            massGuard.answered(now: time.monotonic())
            metrics.seconds.observe(answer.latency)
            return conclude(flight, wire.classify(answer, now: now), answer.latency, now, connection.id)
        case .notProcessed(let why):
            return conclude(flight, why.lost.classification, .zero, now, connection.id)
        case .ambiguous(let why):
            metrics.ambiguous.add()
            return conclude(flight, why.lost.classification, now - flight.sentAt, now, connection.id)
        }
    }

    /// An eighth of the window is kept for urgent deliveries, so that one of them finds a free stream at once.
    private func keepsReserve(_ now: Int64) -> Bool {
        let window = lane.windowSize(now: now)
        guard window >= Self.reserveShare, inFlight >= window - window / Self.reserveShare else { return true }
        return stock.isUrgentNext
    }

    /// What was in flight under this ticket, which ends here.
    func land(_ ticket: UInt64) -> InFlight {
        let index = Int(ticket)
        guard let flight = flights[index] else { preconditionFailure("A ticket finishes once") }
        flights[index] = nil
        freeFlights.append(index)
        inFlight -= 1
        host.inFlight -= 1
        return flight
    }

    func laneEvent(_ event: LaneEvent) {
        guard !hasLeftEngine else { return }
        takeOrders()
        switch event {
        case .opened(let connection, _, _):
            newestConnection = max(newestConnection, connection.id)
            if connectFault != nil { stock.closedAt = time.monotonic() }
            connectFault = nil
            hasConnected = true
        case .connectFailed(let failure, _):
            connectFault = failure.description
            lastError = failure.description
            // Some push services speak HTTP/1.1 only; never seen to change while a connection is up.
            if case .noHTTP2 = failure, case .webpush = wire, !hasConnected {
                publish()
                hasLeftEngine = true
                return signal(.needsOrdinaryClient)
            }
        case .goAway(_, _, let code, let debug): lastError = GoAwayText.sentence(code: code, debugData: debug)
        case .closed(let connection, let reason):
            lastError = reason
            if case .apns(let lane) = wire { lane.forget(connection.id) }
        }
        publish()
    }

    func turnEnded() {
        guard !hasLeftEngine else { return }
        endTurn()
    }

    func endTurn() {
        takeOrders()
        flush()
    }

    // MARK: - Taking

    private func takeOrders() {
        let (orders, more): ([Order], [LoadedBatch]) = shared.withLock { shared in
            guard !shared.orders.isEmpty || !shared.batches.isEmpty else { return ([], []) }
            defer {
                shared.orders = []
                shared.batches = []
            }
            return (shared.orders, shared.batches)
        }
        for order in orders { obey(order) }
        for var batch in more {
            setAside(from: &batch)
            stock.add(batch)
        }
    }

    private func obey(_ order: Order) {
        noteClosed(at: time.monotonic())
        switch order {
        case .pause(let why, let draining): lane.pause(why, draining: draining)
        case .resume:
            lane.resume()
            platformPart.state.resume()
        case .credentialRenewed: isRefreshing = false
        case .freeze: massGuard.freeze()
        case .thaw: massGuard.release()
        case .test(let delivery): tests.append(delivery)
        case .probe: lane.probe()
        case .bar(let bar, let reply): reply(take(bar))
        case .concluded(let order, let isCommitted): conclude(order, isCommitted)
        case .use(let renewed):
            // Apple binds a connection to the first key it sees: those that are open finish with the old one.
            replaced = (wire, newestConnection)
            wire = renewed
            isRefreshing = false
            refusedTokens = []
            if lane.word == "credentialFault" { lane.resume() }
            platformPart.state.resume()
        case .credentialFailed(let classification):
            isRefreshing = false
            react(to: classification)
        }
        publish()
    }

    private func takeDelivery(_ now: Int64) -> LoadedDelivery? {
        if !platformPart.state.isActive, let probe = takeProbe(now) { return probe }
        // They waited while the lane was closed, or for long: a phone never rings for an account that has signed out meanwhile.
        return stock.next(now, generation: bars.newest) {
            begun += 1
        } isStale: { stale in
            if stale.isUntouched { shared.withLock { $0.loaded -= stale.batch.remaining } }
            signal(.stale(stale.batch))
        }
    }

    /// Called before anything that may open the lane. Half-open is no waiting: else a probe's address would be stale each time.
    private func noteClosed(at now: Int64) {
        if lane.isClosed || host.state.isClosed { stock.closedAt = now }
    }

    /// A test goes before everything else and is never put off: a closed lane answers for it.
    private func beginTest(
        _ write: (LoadedDelivery, Instant, inout [UInt8]) throws -> UsedCredential?
    ) -> UInt64? {
        while let test = tests.popLast() {
            let now = time.now()
            guard lane.isActive else {
                test.reply?(Classification(.deferred(retryAfter: nil), status: 0, reason: Reason.laneClosed.word))
                continue
            }
            do {
                if let credential = try write(test, now, &scratch) {
                    return begin(test, credential, now)
                }
                tests.append(test)
                refresh(rejected: nil)
                return nil
            } catch {
                test.reply?(Classification(.credentialFault, status: 0, reason: Reason.credentialPaused.word))
            }
        }
        return nil
    }

    private func begin(_ delivery: LoadedDelivery, _ credential: UsedCredential, _ now: Instant) -> UInt64 {
        let flight = InFlight(delivery: delivery, sentAt: now, credential: credential)
        inFlight += 1
        host.inFlight += 1
        if let index = freeFlights.popLast() {
            flights[index] = flight
            return UInt64(index)
        }
        flights.append(flight)
        return UInt64(flights.count - 1)
    }

    /// Deliveries begun since the last flush; the shared count follows once a turn.
    var begun = 0

    private func nothing() -> UInt64? {
        flush()
        return nil
    }

    func refresh(rejected: AccessToken?) {
        guard !isRefreshing else { return }
        isRefreshing = true
        signal(.needsCredential(rejected: rejected))
    }

    // MARK: - Handing over

    private func flush() {
        handOver()
        publish()
    }

    func handOver() {
        guard !produced.isEmpty else { return }
        recorder.take(produced)
        produced = .init()
    }

    private func publish() {
        let now = time.monotonic()
        let isConnecting = connectFault != nil && lane.isActive
        // The lane's own word first; a healthy lane at an ill host is as closed as the host.
        let closer = lane.isActive && !host.state.isActive ? host.state : lane
        let status = Status(
            state: isConnecting ? "open" : closer.word,
            reason: isConnecting ? connectFault ?? "" : closer.isActive ? platformPart.state.reason : closer.reason,
            isActive: closer.isActive,
            isSendingAllowed: lane.word != "paused" && lane.word != "draining",
            wakeAt: [lane.wakeAt, host.state.wakeAt, budget?.wakeAt(now: now)].compactMap { $0 }.max()
                ?? platformPart.state.wakeAt,
            inFlight: inFlight,
            startedTag: stock.startedTag,
            window: min(lane.windowSize(now: now), bounds.windowMax),
            isFrozen: massGuard.isFrozen,
            lastError: lastError
        )
        let isLow: Bool = shared.withLock { shared in
            let before = shared.loaded
            shared.loaded = max(0, shared.loaded - begun)
            shared.status = status
            return shared.loaded < lowWater && (before >= lowWater || shared.loaded == 0 && begun > 0)
        }
        begun = 0
        if isLow { signal(.wantsDeliveries) }
    }
}
