import Domain
import Providers
import Store

/// The rules of a lane: what may be sent now, and what an answer, or the lack of one, makes of a delivery and of the lane.
///
/// A value without clock, I/O or lock: moments come in, `actions`, outcomes and proofs about targets go out. ``LaneFeed`` owns it and talks to
/// the engine. One function per input: ``next(_:canRecord:host:)``, ``written(_:credential:)``, ``answered(_:_:_:host:)``,
/// ``obey(_:_:host:)``, ``add(_:)``, ``devicesChanged(_:at:)``, ``connection(_:_:host:)``, ``settle()``.
///
/// Invariants: a delivery is in one place (ready, parked, under way, taken out or held up by an order, or handed back); a ticket finishes once; nothing
/// begins but through `mayBegin`. Nothing here allocates per delivery beyond the arrays it reuses.
struct LaneMachine: Sendable {
    struct Flight: Sendable {
        var delivery: LoadedDelivery
        var sentAt: Instant
        /// What it was signed with; 0 until it is written.
        var credential: UInt64 = 0
        /// A test's number: answered, never recorded, never tried again.
        var test: Int?
        /// When a test is given up (monotonic milliseconds).
        var testUntil: Int64 = 0
        /// How it ends when it is not accepted: an order came while it was under way.
        var ending: SlotResult?
        /// The order that said so.
        var endingOrder = 0

        /// Whose share of messages it takes; nil: a test takes none.
        var countedDevice: DeviceID? { test == nil ? delivery.device : nil }
    }

    struct Test: Sendable {
        var number: Int
        var delivery: LoadedDelivery
        var until: Int64
    }

    /// No connection, and when the next is tried (monotonic milliseconds).
    struct Disconnection: Sendable {
        var why: String
        var retryAt: Int64
        /// The last try failed; else one was lost, and nobody knows yet what becomes of the next.
        var isRefusal: Bool
    }

    /// Free resends of one delivery; the next counts as an attempt.
    static let resendsMax = 10
    static let doubtWait = Duration.seconds(60)
    /// Tests that wait for a connection or a credential.
    static let testsMax = 16
    private static let reserveShare = 8

    let rules: LaneRules
    var bounds: LaneBounds
    var lane: LaneState
    var budget: RateBudget?
    var deviceRates: DeviceRates?
    var massGuard = MassGuard()
    var platform: PlatformPart
    var ready = ReadyQueue()
    var freshness = Freshness()
    var stopped = StoppedDeliveries()
    /// Taken out by the orders whose commit is under way; they come back when it fails.
    var takenOut: [Int: [LoadedDelivery]] = [:]
    /// Recaps that announce what the order takes out: they wait for its end, and count anew.
    var recounted: [Int: [LoadedDelivery]] = [:]
    var refusals = CredentialRefusals()
    var tests: [Test] = []
    private(set) var flights: [Flight?] = []
    private var freeFlights: [Int] = []
    private(set) var inFlight = 0
    var isRefreshing = false
    var disconnection: Disconnection?
    var hasConnected = false
    var lastError: String?
    var random: SplitMix64
    /// Deliveries whose address has to be looked up anew; handed out with the turn's actions.
    var stale: [LoadedDelivery] = []
    private var old: [LoadedBatch] = []
    private var waitedBefore = 0

    /// What is to be recorded; the owner takes it.
    var produced = Recorder.Batch()
    /// What is to be done; the owner takes it.
    var actions: [LaneAction] = []

    init(_ rules: LaneRules) {
        self.rules = rules
        bounds = rules.bounds
        lane = LaneState(windowMax: rules.bounds.windowMax)
        budget = rules.bounds.messagesPerMinute.map(RateBudget.init(perMinute:))
        platform = PlatformPart(rules.forwardedPlatforms)
        deviceRates = rules.bounds.deviceMessagesPerMinute.map { DeviceRates(perMinute: $0) }
        random = SplitMix64(seed: rules.seed)
    }

    // MARK: - Beginning

    /// The ticket of the delivery that goes now; its request is to be written from ``delivery(of:)``, then ``written(_:credential:_:)`` or
    /// ``notWritten(_:_:_:host:)`` follows at once. nil: there is none, or none may go. `canRecord` is false while the store takes no
    /// outcomes: nothing is sent that cannot be recorded.
    mutating func next(_ now: Moment, canRecord: Bool, host: inout HostHealth) -> UInt64? {
        if let ticket = nextTest(now, &host) { return ticket }
        guard canRecord else { return nil }
        noteClosed(now, host)
        guard lane.permits(inFlight: inFlight, now: now.monotonic), host.permits(now: now.monotonic),
            budget?.hasRoom(now: now.monotonic) ?? true, keepsReserve(now.monotonic)
        else { return nil }
        defer { if !stale.isEmpty || !old.isEmpty { handOutStale() } }
        if let probe = parkedProbe(now) { return begin(probe, now, &host) }
        while let delivery = ready.next(freshness, now: now.monotonic, old: &old) {
            if mayBegin(delivery, now) { return begin(delivery, now, &host) }
        }
        return nil
    }

    /// The one check, at the moment a request is begun: address and owner, time, standing orders, the device's share, what its provider
    /// or its owner has met. What may not go has its place or its ending afterwards.
    mutating func mayBegin(_ delivery: LoadedDelivery, _ now: Moment) -> Bool {
        if delivery.event.expiresAt <= now.wall {
            end(delivery, SlotResult(.expired, reason: .expired))
            return false
        }
        if freshness.isStale(delivery, now: now.monotonic) {
            stale.append(delivery)
            return false
        }
        if delivery.event.body == nil {
            end(delivery, SlotResult(.rejected, reason: .payloadRefused))
            return false
        }
        if deviceRates?.hasRoom(delivery.device, now: now.monotonic) == false {
            hold(delivery, now.wall, .seconds(60))
            return false
        }
        if refusals.isAccuser(delivery.person, now: now.monotonic), !lane.isActive {
            // Whoever met a refusal is not the probe that finds out whether it still holds.
            hold(delivery, now.wall, Self.doubtWait)
            return false
        }
        return !parks(delivery, now)
    }

    /// What the request of this ticket is written from.
    func delivery(of ticket: UInt64) -> LoadedDelivery {
        guard let flight = flights[Int(ticket)] else {
            preconditionFailure("A ticket is written while it is under way")
        }
        return flight.delivery
    }

    /// The request is with the engine. `credential`: names what it was signed with, and nothing else.
    mutating func written(_ ticket: UInt64, credential: UInt64, _ now: Moment) {
        let index = Int(ticket)
        flights[index]?.credential = credential
        guard let device = flights[index]?.countedDevice else { return }
        budget?.count()
        deviceRates?.count(device, now: now.monotonic)
    }

    /// There is no credential at this moment (`fault` nil: one is asked for), or it cannot be used. The delivery keeps its place.
    mutating func notWritten(_ ticket: UInt64, _ fault: String?, _ now: Moment, host: inout HostHealth) {
        let flight = land(ticket, &host)
        if let number = flight.test {
            if fault != nil { endTest(number, .credentialFault, .credentialPaused) }
            if fault == nil { tests.append(Test(number: number, delivery: flight.delivery, until: flight.testUntil)) }
        } else {
            ready.putFirst(flight.delivery)
        }
        guard let fault else { return refresh(rejected: nil) }
        let before = lane.word
        lane.credentialRefused(fault, now: now.monotonic)
        if lane.word != before { actions.append(.conditionChanged) }
    }

    /// An eighth of the window is kept for urgent deliveries, so that one of them finds a free stream at once.
    private mutating func keepsReserve(_ now: Int64) -> Bool {
        let window = lane.windowSize(now: now)
        guard window >= Self.reserveShare, inFlight >= window - window / Self.reserveShare else { return true }
        return ready.isUrgentNext
    }

    private mutating func begin(_ delivery: LoadedDelivery, _ now: Moment, _ host: inout HostHealth) -> UInt64 {
        let ticket = takeOff(Flight(delivery: delivery, sentAt: now.wall), &host)
        if !platform.state.isActive, platform.concerns(delivery) { platform.probe = ticket }
        return ticket
    }

    mutating func takeOff(_ flight: Flight, _ host: inout HostHealth) -> UInt64 {
        inFlight += 1
        host.inFlight += 1
        if let index = freeFlights.popLast() {
            flights[index] = flight
            return UInt64(index)
        }
        flights.append(flight)
        return UInt64(flights.count - 1)
    }

    /// What was in flight under this ticket, which ends here.
    mutating func land(_ ticket: UInt64, _ host: inout HostHealth) -> Flight {
        let index = Int(ticket)
        guard let flight = flights[index].take() else { preconditionFailure("A ticket finishes once") }
        freeFlights.append(index)
        inFlight -= 1
        host.inFlight -= 1
        if platform.probe == ticket { platform.probe = nil }
        return flight
    }

    /// Marks what is under way and named by an order; it ends so unless it succeeds.
    mutating func mark(_ stop: StopOrder, _ now: Moment) -> Set<DeliveryID> {
        var underWay: Set<DeliveryID> = []
        for index in flights.indices {
            guard let flight = flights[index], flight.test == nil else { continue }
            if flight.delivery.announces.contains(where: stop.deliveries.contains) {
                // When it comes back unsent it counts anew.
                flights[index]?.delivery.loadedAt = now.monotonic - Freshness.ageMaxMilliseconds - 1
            }
            guard stop.deliveries.contains(flight.delivery.id) else { continue }
            flights[index]?.ending = stop.mark
            flights[index]?.endingOrder = stop.order
            underWay.insert(flight.delivery.id)
        }
        return underWay
    }

    /// The order failed: what is under way ends as if it had not been given.
    mutating func unmark(order: Int) {
        for index in flights.indices where flights[index]?.endingOrder == order {
            flights[index]?.ending = nil
            flights[index]?.endingOrder = 0
        }
    }

    // MARK: - Loading

    /// Deliveries for this lane; what an order took out since they were read is taken out of them.
    mutating func add(_ batch: LoadedBatch) {
        var batch = batch
        if batch.generation < stopped.newest {
            let (stopped, generation) = (stopped, batch.generation)
            for delivery in batch.remove(where: { stopped.order(stopping: $0.id, readAt: generation) != nil }) {
                // Of an order that is over it is gone for good; a later order that fails does not bring it back.
                guard let order = stopped.order(stopping: delivery.id, readAt: generation) else { continue }
                takenOut[order]?.append(delivery)
            }
            let orders = { (delivery: LoadedDelivery) in
                delivery.announces.compactMap { stopped.order(stopping: $0, readAt: generation) }
            }
            for delivery in batch.remove(where: { !orders($0).isEmpty }) {
                if let order = orders(delivery).first(where: { recounted[$0] != nil }) {
                    recounted[order]?.append(delivery)
                } else {
                    stale.append(delivery)
                }
            }
        }
        ready.add(batch)
        waitedBefore = max(waitedBefore, ready.untouched)
    }

    /// Rows of the registry that have changed: signed out, moved, registered anew, revoked. What was read before is looked up again.
    mutating func devicesChanged(_ devices: [DeviceID], at now: Int64) { freshness.changed(devices, at: now) }

    /// Called before anything that may open the lane. Half-open is no waiting: else a probe's address would be stale each time.
    mutating func noteClosed(_ now: Moment, _ host: HostHealth) {
        if lane.isClosed || host.state.isClosed { freshness.closedAt = now.monotonic }
    }

    /// Urgent ones stay urgent.
    private mutating func handOutStale() {
        for batch in old { actions.append(.lookUpAgain(batch)) }
        old.removeAll(keepingCapacity: true)
        guard !stale.isEmpty else { return }
        for isUrgent in [true, false] {
            let part = stale.filter { ($0.event.urgency == .urgent) == isUrgent }
            guard let readAt = part.map(\.loadedAt).min() else { continue }
            actions.append(
                .lookUpAgain(
                    LoadedBatch(
                        tag: .min,
                        isUrgent: isUrgent,
                        deliveries: part,
                        loadedAt: readAt,
                        generation: stopped.newest
                    )
                )
            )
        }
        stale.removeAll(keepingCapacity: true)
    }

    // MARK: - The end of a turn

    /// Drops what has waited too long for its turn, and asks for more.
    mutating func settle(_ now: Moment) {
        if !tests.isEmpty { endTests(now) }
        if !stale.isEmpty { handOutStale() }
        let waits = ready.untouched
        defer { waitedBefore = waits }
        guard waits < rules.lowWater, waitedBefore >= rules.lowWater || (waits == 0 && waitedBefore > 0) else { return }
        actions.append(.needMore)
    }

}
