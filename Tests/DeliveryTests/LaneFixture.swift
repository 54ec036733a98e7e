import Domain
import Providers
import Store

@testable import Delivery

/// A lane's machine with a clock by hand, and the engine's and the dispatcher's side in a few verbs.
struct LaneFixture {
    var machine: LaneMachine
    var host = HostHealth()
    /// Monotonic milliseconds; the wall clock goes along.
    var time: Int64 = 1_000
    /// What was done about the actions: handed back for a look-up, and the rest.
    var lookUps: [LoadedBatch] = []
    var actions: [LaneAction] = []
    var outcomes: [Outcome] = []

    init(
        bounds: LaneBounds = LaneBounds(windowMax: 100),
        accusersMin: Int = 1,
        hasOrdinaryClient: Bool = false
    ) {
        machine = LaneMachine(
            LaneRules(
                name: "fcm/test",
                policy: RetryPolicy(attemptsMax: 8),
                bounds: bounds,
                lowWater: 2,
                accusersMin: accusersMin,
                hasOrdinaryClient: hasOrdinaryClient,
                forwardedPlatforms: [.ios, .web],
                seed: 1
            )
        )
    }

    var now: Moment { Moment(wall: LoadedDelivery.wallStart + .milliseconds(time), monotonic: time) }

    /// Reads these deliveries now.
    mutating func load(_ ids: ClosedRange<Int64>, urgency: Urgency = .normal, platform: Platform? = nil) {
        load(ids.map { .sample($0, urgency: urgency, platform: platform, readAt: time) })
    }

    mutating func load(_ deliveries: [LoadedDelivery], generation: Int? = nil) {
        machine.add(
            .of(
                deliveries,
                isUrgent: deliveries.first?.event.urgency == .urgent,
                readAt: time,
                generation: generation ?? machine.stopped.newest
            )
        )
    }

    /// The next request, written; nil: none may go.
    mutating func begin(credential: UInt64 = 1) -> UInt64? {
        defer { take() }
        guard let ticket = machine.next(now, canRecord: true, host: &host) else {
            machine.settle(now)
            return nil
        }
        machine.written(ticket, credential: credential, now)
        return ticket
    }

    struct NothingGoes: Error {}

    /// The next request, written.
    mutating func beginOne() throws(NothingGoes) -> UInt64 {
        guard let ticket = begin() else { throw NothingGoes() }
        return ticket
    }

    /// The deliveries that go now, at most so many; by ticket.
    mutating func beginAll(most: Int = 1_000) -> [(ticket: UInt64, id: Int64)] {
        var begun: [(UInt64, Int64)] = []
        while begun.count < most, let ticket = begin() {
            begun.append((ticket, machine.delivery(of: ticket).id.rawValue))
        }
        return begun
    }

    mutating func answer(
        _ ticket: UInt64,
        _ verdict: Verdict,
        status: Int = 200,
        advice: CredentialAdvice = .none,
        isAnswered: Bool = true
    ) -> Landing {
        defer { take() }
        let classification = Classification(verdict, status: status, reason: "\(status)")
        return machine.answered(
            ticket,
            LaneAnswer(
                classification: classification,
                latency: .milliseconds(5),
                isAnswered: isAnswered,
                advice: advice
            ),
            now,
            host: &host
        )
    }

    @discardableResult
    mutating func order(_ order: LaneOrder) -> Set<DeliveryID> {
        defer { take() }
        return machine.obey(order, now, host: &host)
    }

    mutating func turn() {
        machine.settle(now)
        take()
    }

    /// What was handed back comes again, read now; without those that `isGone`.
    mutating func lookUp(without isGone: (DeviceID) -> Bool = { _ in false }) {
        let batches = lookUps
        lookUps = []
        for batch in batches {
            let fresh = batch.deliveries[batch.position...].filter { !isGone($0.device) }
                .map { $0.read(at: time) }
            machine.add(
                .of(fresh, tag: batch.tag, isUrgent: batch.isUrgent, readAt: time, generation: batch.generation)
            )
        }
    }

    var condition: LaneCondition {
        mutating get { machine.condition(now, host: host) }
    }

    func outcome(of id: Int64) -> Outcome? {
        outcomes.last { DeliveryID(page: $0.page, slot: $0.slot) == DeliveryID(rawValue: id) }
    }

    func state(of id: Int64) -> DeliveryState? { outcome(of: id)?.result.state }

    private mutating func take() {
        for action in machine.actions {
            if case .lookUpAgain(let batch) = action { lookUps.append(batch) } else { actions.append(action) }
        }
        machine.actions.removeAll()
        outcomes += machine.produced.outcomes
        machine.produced = .init()
    }
}

extension LoadedDelivery {
    /// The same delivery with what the registry says now.
    func read(at time: Int64, owner: PersonID? = nil) -> LoadedDelivery {
        LoadedDelivery(
            push: push,
            person: owner ?? person,
            device: device,
            platform: platform,
            targetHash: targetHash,
            attempts: attempts,
            isRetry: isRetry,
            loadedAt: time
        )
    }
}
