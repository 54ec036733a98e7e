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

    private struct InFlight {
        var delivery: LoadedDelivery
        var sentAt: Instant
        var credential: UsedCredential
    }

    /// Beyond it an address is looked up again.
    private static let batchAgeMaxMilliseconds: Int64 = 60_000
    /// Free resends of one delivery; the next counts as an attempt.
    private static let resendsMax = 10

    private let shared = Mutex(Shared())
    private var wire: LaneProtocol
    private let policy: RetryPolicy
    private let time: TimeSource
    private let recorder: Recorder
    private let metrics: LaneMetrics
    private let lowWater: Int
    private let signal: @Sendable (Signal) -> Void

    private var lane = LaneState()
    private var batches: [LoadedBatch] = []
    private var again: [LoadedDelivery] = []
    private var flights: [InFlight?] = []
    private var freeFlights: [Int] = []
    private var inFlight = 0
    private var produced = Recorder.Batch()
    private var isRefreshing = false
    private var hasRenewedOnce = false
    private var connectFault: String?
    private var lastError: String?
    private var random = SystemRandomNumberGenerator()
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

    func order(_ order: Order) { shared.withLock { $0.orders.append(order) } }

    var status: Status { shared.withLock { $0.status } }

    var loaded: Int { shared.withLock { $0.loaded } }

    // MARK: - On the loop thread

    func next(into request: RequestBuffer, on connection: ConnectionInfo) -> UInt64? {
        takeOrders()
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
        switch event {
        case .opened: connectFault = nil
        case .connectFailed(let failure, _):
            connectFault = failure.description
            lastError = failure.description
        case .goAway(_, _, let code, _): lastError = "GOAWAY \(code)"
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
            defer { batches[0].position += 1 }
            return batches[0].deliveries[batches[0].position]
        }
        return nil
    }

    private func begin(_ delivery: LoadedDelivery, _ credential: UsedCredential, _ now: Instant) -> UInt64 {
        let flight = InFlight(delivery: delivery, sentAt: now, credential: credential)
        inFlight += 1
        begun += 1
        if let index = freeFlights.popLast() {
            flights[index] = flight
            return UInt64(index)
        }
        flights.append(flight)
        return UInt64(flights.count - 1)
    }

    /// Deliveries begun since the last flush; the shared count follows once a turn.
    private var begun = 0

    private func nothing() -> UInt64? {
        flush()
        return nil
    }

    private func refresh(rejected: AccessToken?) {
        guard !isRefreshing else { return }
        isRefreshing = true
        signal(.needsCredential(rejected: rejected))
    }

    // MARK: - Concluding

    private func conclude(
        _ flight: InFlight,
        _ classification: Classification,
        _ latency: Duration,
        _ now: Instant,
        _ connection: ConnectionInfo
    ) -> AfterAnswer {
        let delivery = flight.delivery
        let attempts = delivery.attempts + 1
        switch classification.verdict {
        case .accepted:
            lane.answered()
            hasRenewedOnce = false
            metrics.accepted.add()
            metrics.eventSeconds[Int(delivery.event.urgency.rawValue)].observe(now - delivery.event.acceptedAt)
            let result = SlotResult.accepted(attempts: attempts, latencyMilliseconds: latency.wholeMilliseconds)
            keep(flight, result, classification, latency, attempts, isExceptional: attempts > 1)
        case .tokenDead(let since):
            lane.answered()
            produced.faults.append(report(delivery, .gone(since: since ?? flight.sentAt), classification.reason))
            keep(flight, SlotResult(.rejected, reason: .tokenGone), classification, latency, attempts)
        case .tokenSuspect:
            lane.answered()
            produced.faults.append(report(delivery, .suspect, classification.reason))
            keep(flight, SlotResult(.rejected, reason: .tokenSuspect), classification, latency, attempts)
        case .payloadRefused:
            lane.answered()
            keep(flight, SlotResult(.rejected, reason: .payloadRefused), classification, latency, attempts)
        case .credentialFault, .laneBusy:
            again.append(delivery)
            react(to: classification)
        case .resend(let advice): return resend(flight, advice, classification, connection, now)
        case .deferred(let retryAfter):
            if classification.status >= 500 { failed(classification) } else { lane.answered() }
            putOff(flight, classification, latency, attempts, retryAfter, now)
        case .ambiguous:
            failed(classification)
            putOff(flight, classification, latency, attempts, nil, now)
        }
        return .keep
    }

    private func react(to classification: Classification) {
        let why =
            classification.status > 0 ? "\(classification.status) \(classification.reason)" : classification.reason
        let before = lane.word
        switch classification.verdict {
        case .credentialFault: lane.credentialRefused(why, now: time.monotonic())
        case .laneBusy(let retryAfter):
            lane.busy(
                why,
                retryAfter: retryAfter?.wholeMilliseconds,
                now: time.monotonic(),
                random: .random(in: 0..<1, using: &random)
            )
        default: lane.failed(why, now: time.monotonic(), random: .random(in: 0..<1, using: &random))
        }
        lastError = why
        if lane.word != before { signal(.conditionChanged) }
    }

    private func failed(_ classification: Classification) {
        react(to: Classification(.ambiguous, status: classification.status, reason: classification.reason))
    }

    private func resend(
        _ flight: InFlight,
        _ advice: Verdict.ConnectionAdvice,
        _ classification: Classification,
        _ connection: ConnectionInfo,
        _ now: Instant
    ) -> AfterAnswer {
        var delivery = flight.delivery
        delivery.resends += 1
        guard delivery.resends <= Self.resendsMax else {
            failed(classification)
            putOff(flight, classification, .zero, delivery.attempts + 1, nil, now)
            return .keep
        }
        again.append(delivery)
        switch (advice, flight.credential) {
        case (.keep, _): return .keep
        case (.retire, _): return .retireConnection
        case (.renewCredential, .fcm(let token)):
            if hasRenewedOnce {
                react(
                    to: Classification(.credentialFault, status: classification.status, reason: classification.reason)
                )
            } else {
                hasRenewedOnce = true
                refresh(rejected: token)
            }
            return .keep
        case (.renewCredential, .apns(let token)):
            guard case .apns(let lane) = wire, !hasRenewedOnce, lane.expire(token, now: now) else {
                react(
                    to: Classification(.credentialFault, status: classification.status, reason: classification.reason)
                )
                return .closeConnection
            }
            hasRenewedOnce = true
            return .closeConnection
        case (.revertCredential, .apns(let token)):
            guard case .apns(let lane) = wire else { return .keep }
            return lane.revert(connection.id, rejected: token, now: now) ? .keep : .retireConnection
        case (.revertCredential, .fcm): return .retireConnection
        }
    }

    private func putOff(
        _ flight: InFlight,
        _ classification: Classification,
        _ latency: Duration,
        _ attempts: Int,
        _ retryAfter: Duration?,
        _ now: Instant
    ) {
        let decision = policy.decide(
            attempts: attempts,
            retryAfter: retryAfter,
            expiresAt: flight.delivery.event.expiresAt,
            now: now,
            random: .random(in: 0..<1, using: &random)
        )
        switch decision {
        case .retry(let due):
            keep(flight, SlotResult(.deferred, reason: .retrying), classification, latency, attempts, retryAt: due)
        case .expire: keep(flight, SlotResult(.expired, reason: .expired), classification, latency, attempts)
        case .giveUp: keep(flight, SlotResult(.dead, reason: .dead), classification, latency, attempts)
        }
    }

    private func keep(
        _ flight: InFlight,
        _ result: SlotResult,
        _ classification: Classification,
        _ latency: Duration,
        _ attempts: Int,
        retryAt: Instant? = nil,
        isExceptional: Bool = true
    ) {
        let delivery = flight.delivery
        let attempt =
            isExceptional
            ? Outcome.Attempt(
                at: flight.sentAt,
                milliseconds: latency.wholeMilliseconds,
                status: classification.status,
                reason: classification.reason
            )
            : nil
        produced.outcomes.append(
            Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: result,
                retryAt: retryAt,
                attempts: attempts,
                attempt: attempt,
                isRetry: delivery.isRetry
            )
        )
        if result.state != .accepted { metrics.count(result.state) }
    }

    /// Ends a delivery without an attempt.
    private func end(_ delivery: LoadedDelivery, _ result: SlotResult) {
        produced.outcomes.append(
            Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: result,
                attempts: delivery.attempts,
                isRetry: delivery.isRetry
            )
        )
        metrics.count(result.state)
        begun += 1
    }

    private func report(_ delivery: LoadedDelivery, _ fault: Registry.TargetFault, _ reason: String)
        -> Recorder.TargetReport
    {
        Recorder.TargetReport(device: delivery.device, targetHash: delivery.targetHash, fault: fault, reason: reason)
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
            isSendingAllowed: lane.word != "paused",
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

extension NotProcessed {
    fileprivate var lost: LostAnswer {
        switch self {
        case .goAway: .goAway
        case .refusedStream: .refusedStream
        case .neverWritten: .neverWritten
        case .malformed: .malformed
        }
    }
}

extension Ambiguity {
    fileprivate var lost: LostAnswer {
        switch self {
        case .deadline: .deadline
        case .reset: .reset
        case .connectionLost: .connectionLost
        case .shutdown: .shutdown
        }
    }
}
