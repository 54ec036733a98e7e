import Domain
import FanOut
import Providers
import Store
import Synchronization
import Telemetry

/// A lane's side of the engine (or of the ordinary client): owns the lane's machine, its clock and its measurements, writes requests and reads
/// answers. Holds no rule of its own.
///
/// All on the lane's thread, which is the engine's loop, but what says "from any thread". Per delivery: no task, no lock that waits, no
/// JSON, no row, no log line; outcomes leave in one array a turn. `@unchecked Sendable`: everything outside `mail` belongs to that thread.
final class LaneFeed: RequestFeed, @unchecked Sendable {
    let mail: LaneMail
    private var machine: LaneMachine
    private var host: SharedHost
    private var wires: LaneWires
    private let time: TimeSource
    private let recorder: Recorder
    private let metrics: LaneMetrics
    private let signal: @Sendable (LaneSignal) -> Void
    /// Of the requests under way, by ticket; what it is good for only the wire knows.
    private var credentials: [UsedCredential?] = []
    private var testReplies: [Int: @Sendable (Classification) -> Void] = [:]
    private var scratch: [UInt8] = []
    /// Of this turn; nobody keeps them unless spans are wanted.
    private var answered: [AnswerRun] = []
    /// Written by the engine's thread before it says so, and never again: what the engine still asks afterwards is not answered, since
    /// another thread has the lane by then.
    private var hasLeftEngine = false

    init(
        _ rules: LaneRules,
        wire: any Wire,
        host: SharedHost,
        time: TimeSource,
        recorder: Recorder,
        metrics: LaneMetrics,
        signal: @escaping @Sendable (LaneSignal) -> Void
    ) {
        machine = LaneMachine(rules)
        mail = LaneMail()
        wires = LaneWires(wire)
        self.host = host
        self.time = time
        self.recorder = recorder
        self.metrics = metrics
        self.signal = signal
    }

    /// From the engine's thread to another, after `needsOrdinaryClient`: nothing is in flight, and the engine gets no answer any more.
    func leaveEngine() {
        precondition(machine.inFlight == 0, "A lane leaves the engine without requests under way")
        host = SharedHost()
        machine.leftEngine()
    }

    /// What the ordinary client speaks.
    var wire: any Wire { wires.newest }

    // MARK: - The engine asks

    func next(into request: RequestBuffer, on connection: ConnectionInfo) -> UInt64? {
        guard !hasLeftEngine else { return nil }
        let wire = wires.wire(of: connection.id)
        return next { delivery, now, scratch in
            try wire.write(delivery.push, to: request, on: connection, now: now, scratch: &scratch)
        }
    }

    /// The next delivery that may go now, written by `write`; nil when there is none, or none may go. `write` gives nil while there is no
    /// credential.
    func next(_ write: (LoadedDelivery, Instant, inout [UInt8]) throws -> UsedCredential?) -> UInt64? {
        takeMail()
        let now = moment
        guard let ticket = machine.next(now, canRecord: !recorder.isFull, host: &host.health) else {
            endTurn(now)
            return nil
        }
        do {
            guard let credential = try write(machine.delivery(of: ticket), now.wall, &scratch) else {
                machine.notWritten(ticket, nil, now, host: &host.health)
                endTurn(now)
                return nil
            }
            machine.written(ticket, credential: UInt64(credential.number), now)
            if wires.newest.wantsRefresh(at: now.wall) { machine.refresh(rejected: nil) }
            while credentials.count <= Int(ticket) { credentials.append(nil) }
            credentials[Int(ticket)] = credential
            return ticket
        } catch {
            machine.notWritten(ticket, "\(error)", now, host: &host.health)
            endTurn(now)
            return nil
        }
    }

    func finished(_ ticket: UInt64, _ result: RequestResult, on connection: ConnectionInfo) -> AfterAnswer {
        let now = moment
        let wire = wires.wire(of: connection.id)
        var answer: LaneAnswer
        switch result {
        case .answered(let came):
            let classification = wire.classify(came, now: now.wall)
            answer = LaneAnswer(classification: classification, latency: came.latency, isAnswered: true)
            if case .resend(let wish) = classification.verdict, let used = credentials[Int(ticket)] {
                answer.advice = wire.advice(wish, used, connection.id, now: now.wall)
            }
        case .notProcessed(let why):
            answer = LaneAnswer(classification: why.lost.classification, latency: .zero, isAnswered: false)
        case .ambiguous(let why):
            metrics.ambiguous.add()
            answer = LaneAnswer(classification: why.lost.classification, latency: .zero, isAnswered: false)
        }
        return finished(ticket, answer, now) ? .retireConnection : .keep
    }

    /// True: no new request on this connection.
    func finished(_ ticket: UInt64, _ answer: LaneAnswer, _ now: Moment) -> Bool {
        if answer.isAnswered { metrics.seconds.observe(answer.latency) }
        let landing = machine.answered(ticket, answer, now, host: &host.health)
        if let (urgency, after) = landing.accepted { metrics.accepted(urgency, after: after) }
        if metrics.spans != nil, let event = landing.answered { note(event, now.wall) }
        return landing.retiresConnection
    }

    func laneEvent(_ event: LaneEvent) {
        guard !hasLeftEngine else { return }
        takeMail()
        let now = moment
        switch event {
        case .opened(let connection, _, _):
            wires.opened(connection.id)
            machine.connection(.opened, now)
        case .connectFailed(let failure, let wait):
            var hasNoHTTP2 = false
            if case .noHTTP2 = failure { hasNoHTTP2 = true }
            let retryAt = now.monotonic + wait.wholeMilliseconds
            machine.connection(.failed(failure.description, retryAt: retryAt, hasNoHTTP2: hasNoHTTP2), now)
        case .goAway(_, _, let code, let debug):
            machine.connection(.goingAway(GoAwayText.sentence(code: code, debugData: debug)), now)
        case .closed(let connection, let reason, let wait):
            wires.closed(connection.id)
            machine.connection(.closed(reason, retryAt: wait.map { now.monotonic + $0.wholeMilliseconds }), now)
        }
        endTurn(now)
    }

    func turnEnded() {
        guard !hasLeftEngine else { return }
        endTurn()
    }

    /// Orders are obeyed, outcomes are handed over, and what is wanted is said.
    func endTurn() {
        takeMail()
        endTurn(moment)
    }

    // MARK: - Mail and turns

    var moment: Moment { Moment(wall: time.now(), monotonic: time.monotonic()) }

    private func takeMail() {
        guard let letters = mail.take() else { return }
        let now = moment
        // Before the batches: what was read before a change is looked up again.
        if !letters.changed.isEmpty { machine.devicesChanged(letters.changed, at: letters.changedAt) }
        for (order, reply) in letters.orders { obey(order, reply, now) }
        for batch in letters.batches { machine.add(batch) }
    }

    private func obey(_ order: LaneMail.Message, _ reply: (@Sendable (Set<DeliveryID>) -> Void)?, _ now: Moment) {
        var underWay: Set<DeliveryID> = []
        switch order {
        case .rule(let order):
            // What this lane has produced before is with the recorder when an order is answered.
            handOver()
            underWay = machine.obey(order, now, host: &host.health)
        case .use(let wire, let bounds):
            wires.replace(wire)
            underWay = machine.obey(.reloaded(bounds), now, host: &host.health)
        case .test(let number, let delivery, let until, let answer):
            testReplies[number] = answer
            underWay = machine.obey(.test(number, delivery, until: until), now, host: &host.health)
        }
        mail.publish(machine.condition(now, host: host.health), waiting: machine.ready.untouched)
        reply?(underWay)
    }

    private func endTurn(_ now: Moment) {
        machine.settle(now)
        handOver()
        mail.publish(machine.condition(now, host: host.health), waiting: machine.ready.untouched)
        guard !machine.actions.isEmpty else { return }
        let actions = machine.actions
        machine.actions.removeAll(keepingCapacity: true)
        for action in actions { carryOut(action) }
    }

    private func carryOut(_ action: LaneAction) {
        switch action {
        case .needMore: signal(.wantsDeliveries)
        case .lookUpAgain(let batch): signal(.stale(batch))
        case .refreshCredential(let rejected):
            signal(.needsCredential(rejected: rejected.map { UsedCredential(number: Int($0)) }))
        case .conditionChanged: signal(.conditionChanged)
        case .removalsFrozen(let since): signal(.removalsFrozen(since: since))
        case .needsOrdinaryClient:
            hasLeftEngine = true
            signal(.needsOrdinaryClient)
        case .testEnded(let number, let classification): testReplies.removeValue(forKey: number)?(classification)
        }
    }

    /// Told once a turn: a large event's answers come one behind the other.
    private func note(_ event: EventID, _ at: Instant) {
        if answered.last?.event == event {
            answered[answered.count - 1].last = at
        } else {
            answered.append(AnswerRun(event, at: at))
        }
    }

    private func handOver() {
        if !answered.isEmpty {
            metrics.spans?.answered(answered)
            answered.removeAll(keepingCapacity: true)
        }
        guard !machine.produced.isEmpty else { return }
        metrics.count(machine.produced.outcomes)
        recorder.take(machine.produced)
        machine.produced = .init()
    }
}
