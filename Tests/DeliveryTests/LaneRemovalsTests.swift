import Domain
import Providers
import Store
import Testing

@testable import Delivery

/// Proofs about targets: what a lane says of a phone, and when it is not believed.
struct LaneRemovalsTests {
    private var lane = LaneFixture()
    private var nextDelivery: Int64 = 1
    private var faults: [TargetFault] = []

    /// Sends to this many phones of as many owners; each is answered so.
    private mutating func send(_ count: Int, _ verdict: Verdict, owner: Int64? = nil) throws {
        for _ in 0..<count {
            let id = nextDelivery
            nextDelivery += 1
            lane.load([.sample(id, owner: owner, readAt: lane.time)])
            let ticket = try lane.beginOne()
            lane.time += 10
            _ = answered(ticket, verdict)
        }
    }

    /// The fixture keeps outcomes; proofs are taken before it does.
    private mutating func answered(_ ticket: UInt64, _ verdict: Verdict) -> Landing {
        let answer = LaneAnswer(
            classification: Classification(verdict, status: 410, reason: "410"),
            latency: .milliseconds(5),
            isAnswered: true
        )
        defer {
            faults += lane.machine.produced.faults
            lane.turn()
        }
        return lane.machine.answered(ticket, answer, lane.now, host: &lane.host)
    }

    private var freezes: [Int64] {
        lane.actions.compactMap { if case .removalsFrozen(let since) = $0 { since } else { nil } }
    }

    // MARK: - What is said

    @Test mutating func `a dead token is gone since the provider's time, or since the request`() throws {
        lane.load(1...2)
        let told = try lane.beginOne()
        let sentAt = lane.now.wall
        let since = sentAt - .seconds(3_600)
        _ = answered(told, .tokenDead(since: since))
        let untold = try lane.beginOne()
        lane.time += 400
        _ = answered(untold, .tokenDead(since: nil))
        let times = faults.compactMap { if case .gone(let since) = $0.kind { since } else { nil } }
        #expect(times == [since, sentAt])
        #expect(faults.map(\.device.rawValue) == [1, 2] && faults.allSatisfy { !$0.isHeld && $0.lane == "fcm/test" })
        #expect(faults.allSatisfy { $0.targetHash == TargetHash.sample.bytes })
    }

    @Test(
        arguments: [
            (.accepted, []), (.tokenSuspect, ["suspect"]), (.payloadRefused, []), (.credentialFault, []),
            (.platformFault, []), (.laneBusy(retryAfter: nil), []), (.resend(.keep), []),
            (.deferred(retryAfter: nil), []), (.ambiguous, []),
        ] as [(Verdict, [String])]
    )
    func `no other answer is a proof, but for what a bad token says`(verdict: Verdict, kinds: [String]) throws {
        var tests = Self()
        try tests.send(1, verdict)
        #expect(tests.faults.map { "\($0.kind)" } == kinds)
    }

    @Test(
        arguments: [
            (.accepted, true, 1), (.accepted, false, 0), (.payloadRefused, true, 0), (.ambiguous, true, 0),
            (.deferred(retryAfter: nil), true, 0), (.resend(.keep), true, 0),
        ] as [(Verdict, Bool, Int)]
    )
    func `the first acceptance proves whose phone it is, nothing else does`(
        verdict: Verdict,
        isUnproven: Bool,
        proofs: Int
    ) throws {
        for isTest in [false, true] {
            var tests = Self()
            var delivery = LoadedDelivery.sample(5, owner: 9, readAt: tests.lane.time)
            delivery.isUnproven = isUnproven
            if isTest {
                tests.lane.order(.test(1, delivery, until: tests.lane.time + 5_000))
            } else {
                tests.lane.load([delivery])
            }
            _ = tests.answered(try tests.lane.beginOne(), verdict)
            let kinds = tests.faults.map { "\($0.kind)" }
            #expect(kinds == .init(repeating: "proven", count: proofs), "\(isTest)")
            #expect(tests.faults.allSatisfy { $0.device == DeviceID(rawValue: 5) })
        }
    }

    // MARK: - What is not believed

    @Test mutating func `too many owners whose phones are called dead freeze removals, said once`() throws {
        try send(MassGuard.ownersMin - 1, .tokenDead(since: nil))
        #expect(freezes.isEmpty && faults.allSatisfy { !$0.isHeld })
        let before = lane.condition
        try send(5, .tokenDead(since: nil))
        let after = lane.condition
        #expect(!before.isFrozen && after.isFrozen && after.state == "active")
        #expect(faults.dropFirst(MassGuard.ownersMin - 1).allSatisfy { $0.isHeld })
        // All that was done since the run began is in doubt, and five minutes before it.
        #expect(freezes.count == 1 && freezes[0] <= lane.time - MassGuard.spanMilliseconds)
    }

    @Test mutating func `twenty dead phones of one owner, or good answers between, freeze nothing`() throws {
        try send(40, .tokenDead(since: nil), owner: 7)
        for _ in 0..<40 {
            try send(1, .tokenDead(since: nil))
            try send(2, .accepted)
        }
        #expect(freezes.isEmpty && faults.allSatisfy { !$0.isHeld })
    }

    @Test mutating func `what is no word of the provider neither adds nor takes away`() throws {
        try send(MassGuard.ownersMin - 1, .tokenDead(since: nil))
        lane.load([.sample(900, readAt: lane.time)])
        _ = lane.answer(try lane.beginOne(), .resend(.keep), isAnswered: false)
        let again = try lane.beginOne()
        _ = answered(again, .tokenDead(since: nil))
        #expect(freezes.count == 1)
    }

    @Test mutating func `a freeze from before a restart holds what comes, until a person has looked`() throws {
        lane.order(.freeze)
        try send(2, .tokenDead(since: nil))
        #expect(faults.map(\.isHeld) == [true, true] && freezes.isEmpty)
        lane.order(.thaw)
        try send(MassGuard.ownersMin - 1, .tokenDead(since: nil))
        let condition = lane.condition
        #expect(faults.dropFirst(2).allSatisfy { !$0.isHeld } && !condition.isFrozen)
        // And it counts anew.
        try send(1, .tokenDead(since: nil))
        #expect(freezes.count == 1 && faults.last?.isHeld == true)
    }

    @Test mutating func `while removals are frozen deliveries go on, and those to dead tokens end`() throws {
        lane.order(.freeze)
        try send(1, .tokenDead(since: nil))
        try send(1, .accepted)
        #expect(lane.state(of: 1) == .rejected && lane.state(of: 2) == .accepted)
    }
}
