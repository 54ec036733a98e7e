import Domain
import FanOut
import Providers
import Store
import Synchronization
import Telemetry

/// A lane's side of the engine: takes loaded deliveries in order, writes requests, turns answers into outcomes.
///
/// All on the loop thread but `add`, `order` and what `shared` holds. Per delivery: no task, no lock that waits, no JSON, no row, no log
/// line; outcomes leave in one array a turn. `@unchecked Sendable`: everything outside `shared` belongs to the loop thread.
final class LaneFeed: RequestFeed, @unchecked Sendable {
    /// What the dispatcher and the operator may see and say at any time.
    struct Shared: Sendable {
        var batches: [LoadedBatch] = []
        var orders: [Order] = []
        var status = Status()
        /// Deliveries handed over and not yet begun.
        var loaded = 0
    }

    struct Status: Sendable, Equatable {
        var state = "active"
        var reason = ""
        var isActive = true
        var isSendingAllowed = true
        /// Monotonic milliseconds at which the lane must be woken.
        var wakeAt: Int64?
        var inFlight = 0
        var lastError: String?
    }

    enum Order: Sendable {
        case pause(String, draining: Bool)
        case resume
        case credentialFailed(Classification)
        case credentialRenewed
        /// One message outside the queue; its `reply` gets the provider's word.
        case test(LoadedDelivery)
        /// A reloaded credential.
        case use(LaneProtocol)
    }

    enum Signal: Sendable {
        /// Less than half of the loaded deliveries are left.
        case wantsDeliveries
        /// The batch is too old to be trusted with its addresses.
        case stale(LoadedBatch)
        case needsCredential(rejected: AccessToken?)
        case conditionChanged
    }

    struct InFlight {
        var delivery: LoadedDelivery
        var sentAt: Instant
        var credential: UsedCredential
    }

    /// Beyond it an address is looked up again.
    private static let batchAgeMaxMilliseconds: Int64 = 60_000
    /// Free resends of one delivery; the next counts as an attempt.
    static let resendsMax = 10

    private let shared = Mutex(Shared())
    var wire: LaneProtocol
    let policy: RetryPolicy
    let time: TimeSource
    private let recorder: Recorder
    let metrics: LaneMetrics
    private let lowWater: Int
    let signal: @Sendable (Signal) -> Void

    var lane = LaneState()
    private var batches: [LoadedBatch] = []
    var again: [LoadedDelivery] = []
    private var tests: [LoadedDelivery] = []
    private var flights: [InFlight?] = []
    private var freeFlights: [Int] = []
    private var inFlight = 0
    var produced = Recorder.Batch()
    private var isRefreshing = false
    var hasRenewedOnce = false
    private var connectFault: String?
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
        signal: @escaping @Sendable (Signal) -> Void
    ) {
        self.wire = wire
        self.policy = policy
        self.time = time
        self.recorder = recorder
        self.metrics = metrics
        self.lowWater = lowWater
        self.signal = signal
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

    // MARK: - On the loop thread

    func next(into request: RequestBuffer, on connection: ConnectionInfo) -> UInt64? {
        takeOrders()
        if let ticket = beginTest(request, connection) { return ticket }
        guard !recorder.isFull else { return nothing() }
        guard lane.permits(inFlight: inFlight, now: time.monotonic()) else { return nothing() }
        let now = time.now()
        while let delivery = takeDelivery() {
            if delivery.event.expiresAt <= now {
                end(delivery, SlotResult(.expired, reason: .expired))
                continue
            }
            if case .tooLarge = delivery.event.body {
                end(delivery, SlotResult(.rejected, reason: .payloadRefused))
                continue
            }
            do {
                guard
                    let credential = try wire.write(delivery, to: request, on: connection, now: now, scratch: &scratch)
                else {
                    again.append(delivery)
                    refresh(rejected: nil)
                    return nothing()
                }
                if case .fcm(let lane) = wire, !isRefreshing, lane.needsRefresh(at: now) { refresh(rejected: nil) }
                return begin(delivery, credential, now)
            } catch {
                again.append(delivery)
                lane.credentialRefused("\(error)", now: time.monotonic())
                return nothing()
            }
        }
        return nothing()
    }

    func finished(_ ticket: UInt64, _ result: RequestResult, on connection: ConnectionInfo) -> AfterAnswer {
        let index = Int(ticket)
        guard let flight = flights[index] else { preconditionFailure("A ticket finishes once") }
        flights[index] = nil
        freeFlights.append(index)
        inFlight -= 1
        let now = time.now()
        switch result {
        case .answered(let answer):
            metrics.seconds.observe(answer.latency)
            return conclude(flight, wire.classify(answer, now: now), answer.latency, now, connection)
        case .notProcessed(let why):
            return conclude(flight, why.lost.classification, .zero, now, connection)
        case .ambiguous(let why):
            metrics.ambiguous.add()
            return conclude(flight, why.lost.classification, now - flight.sentAt, now, connection)
        }
    }

    func laneEvent(_ event: LaneEvent) {
        takeOrders()
        switch event {
        case .opened: connectFault = nil
        case .connectFailed(let failure, _):
            connectFault = failure.description
            lastError = failure.description
        case .goAway(_, _, let code, let debug): lastError = GoAwayText.sentence(code: code, debugData: debug)
        case .closed(let connection, let reason):
            lastError = reason
            if case .apns(let lane) = wire { lane.forget(connection.id) }
        }
        publish()
    }

    func turnEnded() { flush() }

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
        for batch in more {
            let place = batches.firstIndex { $0.tag > batch.tag } ?? batches.endIndex
            batches.insert(batch, at: place)
        }
    }

    private func obey(_ order: Order) {
        switch order {
        case .pause(let why, let draining): lane.pause(why, draining: draining)
        case .resume: lane.resume()
        case .credentialRenewed: isRefreshing = false
        case .test(let delivery): tests.append(delivery)
        case .use(let renewed):
            wire = renewed
            isRefreshing = false
            hasRenewedOnce = false
            if lane.word == "credentialFault" { lane.resume() }
        case .credentialFailed(let classification):
            isRefreshing = false
            react(to: classification)
        }
        publish()
    }

    private func takeDelivery() -> LoadedDelivery? {
        if let delivery = again.popLast() { return delivery }
        while !batches.isEmpty {
            if batches[0].remaining == 0 {
                batches.removeFirst()
                continue
            }
            if time.monotonic() - batches[0].loadedAt > Self.batchAgeMaxMilliseconds {
                let batch = batches.removeFirst()
                shared.withLock { $0.loaded -= batch.remaining }
                signal(.stale(batch))
                continue
            }
            begun += 1
            defer { batches[0].position += 1 }
            return batches[0].deliveries[batches[0].position]
        }
        return nil
    }

    /// A test goes before everything else and is never put off: a closed lane answers for it.
    private func beginTest(_ request: RequestBuffer, _ connection: ConnectionInfo) -> UInt64? {
        while let test = tests.popLast() {
            let now = time.now()
            guard lane.isActive else {
                test.reply?(Classification(.deferred(retryAfter: nil), status: 0, reason: Reason.laneClosed.word))
                continue
            }
            do {
                if let credential = try wire.write(test, to: request, on: connection, now: now, scratch: &scratch) {
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
        if !produced.isEmpty {
            recorder.take(produced)
            produced = .init()
        }
        publish()
    }

    private func publish() {
        let isConnecting = connectFault != nil && lane.isActive
        let status = Status(
            state: isConnecting ? "open" : lane.word,
            reason: isConnecting ? connectFault ?? "" : lane.reason,
            isActive: lane.isActive,
            isSendingAllowed: lane.word != "paused" && lane.word != "draining",
            wakeAt: lane.wakeAt,
            inFlight: inFlight,
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
