import Domain
import Providers

@testable import Delivery

/// What an onlooker has noted of a lane since the start of the process: enough to say of a request that it should not have begun, and of an
/// answer that nothing came of it. Nothing of it is asked of the lane.
struct ObservedLane {
    /// Until when the provider asked for silence; an operator's order ends it.
    private var quietUntil = Int64.min
    private var failuresInARow = 0
    /// Owners whose phones were called dead, one answer after the other.
    private var blamed: Set<PersonID> = []
    private var sends: [Int64] = []
    private var sendsToDevice: [DeviceID: [Int64]] = [:]

    var isConnected = true
    /// Counts the connections: what was under way on an earlier one is not answered any more.
    var connection = 0
    /// A connection was lost, or one was not to be had, and no answer has come since.
    var isLost = false
    /// What was read before it may have changed hands.
    private(set) var reopenedAt = Int64.min
    /// Nothing can be written until another is there.
    var lacksCredential = false
    /// Reads that have not come back.
    var reading = 0
    /// Numbers of tests that nobody has answered, and when each is given up.
    private var tests: [Int: Int64] = [:]

    private static func isForwarded(_ delivery: LoadedDelivery) -> Bool {
        delivery.platform.map(DeliverySimulation.forwardedPlatforms.contains) ?? false
    }

    /// What a lane shows before it is asked for the next request.
    struct Look {
        var lane: LaneState.Mode
        var laneUnderWay: Int
        var host: LaneState.Mode
        var hostUnderWay: Int
        var platform: LaneState.Mode
        var isProbing: Bool

        init(_ machine: LaneMachine, _ host: HostHealth) {
            (lane, laneUnderWay) = (machine.lane.mode, machine.inFlight)
            (self.host, hostUnderWay) = (host.state.mode, host.inFlight)
            (platform, isProbing) = (machine.platform.state.mode, machine.platform.probe != nil)
        }

        /// Why a request for this delivery should not begin now.
        func faults(of delivery: LoadedDelivery, now: Int64) -> [String] {
            var faults: [String] = []
            if Self.isShut(lane, laneUnderWay, now) { faults.append("begins in a lane that is \(lane)") }
            if Self.isShut(host, hostUnderWay, now) { faults.append("begins at a host that is \(host)") }
            if ObservedLane.isForwarded(delivery), Self.isShut(platform, isProbing ? 1 : 0, now) {
                faults.append("begins for a platform that is \(platform)")
            }
            return faults
        }

        /// Whether one request more is too many.
        private static func isShut(_ mode: LaneState.Mode, _ underWay: Int, _ now: Int64) -> Bool {
            switch mode {
            case .active, .draining: false
            case .paused: true
            case .halfOpen: underWay > 0
            case .open(let until), .credentialFault(let until): now < until || underWay > 0
            }
        }
    }

    // MARK: - Requests

    /// What is wrong with a request that is written now; it is counted.
    mutating func written(_ delivery: LoadedDelivery, _ bounds: LaneBounds, now: Int64) -> [String] {
        var faults: [String] = []
        if now < quietUntil {
            faults.append("begins \(quietUntil - now) ms before the provider wants to be asked again")
        }
        if let most = bounds.messagesPerMinute, Self.exceeds(most, &sends, now) {
            faults.append("is more than \(most) a minute")
        }
        if let most = bounds.deviceMessagesPerMinute,
            Self.exceeds(most, &sendsToDevice[delivery.device, default: []], now)
        {
            faults.append("is more than \(most) a minute for \(delivery.device)")
        }
        return faults
    }

    /// Of a test, which takes no share: whether it may go through a lane like this.
    func testBegun(_ look: Look) -> [String] {
        look.lane == .active ? [] : ["a test begins in a lane that is \(look.lane)"]
    }

    private static func exceeds(_ most: Int, _ times: inout [Int64], _ now: Int64) -> Bool {
        times.removeAll { now - $0 >= 60_000 }
        times.append(now)
        return times.count > most
    }

    // MARK: - Answers

    /// What should have come of an answer to a delivery, and has not. `before`: how the lane stood when it came.
    mutating func answered(
        _ delivery: LoadedDelivery,
        _ answer: LaneAnswer,
        before: LaneState.Mode,
        _ machine: LaneMachine,
        now: Int64
    ) -> [String] {
        if answer.isAnswered { reopened(now: now) }
        var faults: [String] = []
        let verdict = answer.classification.verdict
        switch verdict {
        case .laneBusy(let retryAfter):
            if machine.lane.isActive { faults.append("the lane goes on after \"not now\"") }
            switch before {
            case .active, .open, .halfOpen:
                quietUntil = max(quietUntil, now + (retryAfter?.wholeMilliseconds ?? 0))
            case .paused, .draining, .credentialFault: break
            }
        case .credentialFault where machine.rules.accusersMin == 1:
            if machine.lane.isActive { faults.append("the lane goes on with a refused credential") }
        case .platformFault where Self.isForwarded(delivery):
            if machine.platform.state.isActive { faults.append("the platform goes on with a refused credential") }
        case .accepted, .tokenDead: failuresInARow = 0
        case .ambiguous, .deferred:
            failuresInARow = answer.classification.isFailureOfLane ? failuresInARow + 1 : 0
        default: break
        }
        if !machine.lane.isActive { failuresInARow = 0 }
        if failuresInARow >= LaneState.failuresMax {
            faults.append("\(failuresInARow) failures in a row open no breaker")
        }
        if case .tokenDead = verdict { blamed.insert(delivery.person) } else if answer.isAnswered { blamed = [] }
        // Some may have counted before this run began.
        if blamed.count >= 2 * MassGuard.ownersMin, !machine.massGuard.isFrozen {
            faults.append("\(blamed.count) owners in a row lose their phones")
        }
        return faults
    }

    /// A connection stands, or an answer has come over one.
    mutating func reopened(now: Int64) {
        if isLost { reopenedAt = now }
        isLost = false
    }

    // MARK: - Orders

    mutating func ordered(_ order: LaneOrder) {
        switch order {
        case .pause, .resume, .probe, .reloaded:
            quietUntil = .min
            failuresInARow = 0
        case .thaw: blamed = []
        case .test(let number, _, let until): tests[number] = until
        default: break
        }
    }

    /// False: nobody waits for this answer.
    mutating func testEnded(_ number: Int) -> Bool { tests.removeValue(forKey: number) != nil }

    /// Tests whose time was over that long ago.
    func unansweredTests(since: Int64) -> [Int] { tests.filter { $0.value < since }.keys.sorted() }
}
