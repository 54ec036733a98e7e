import Domain
import Providers
import Store
import Testing

@testable import Delivery

/// What a lane sends and what it makes of answers.
struct LaneMachineTests {
    private var lane = LaneFixture()

    @Test mutating func `a delivery accepted after its time has ended is accepted`() throws {
        lane.load([.sample(1, expiresAt: lane.now.wall + .seconds(5), readAt: lane.time)])
        let ticket = try lane.beginOne()
        lane.time += 10_000

        _ = lane.answer(ticket, .accepted)

        #expect(lane.state(of: 1) == .accepted)
    }

    @Test mutating func `a recap that is accepted says so`() throws {
        var recap = LoadedDelivery.sample(1, readAt: lane.time)
        recap.announces = [DeliveryID(rawValue: 9)]
        lane.load([recap, .sample(2, readAt: lane.time)])
        for _ in 0..<2 { _ = lane.answer(try lane.beginOne(), .accepted) }
        #expect(lane.outcome(of: 1)?.result == .acceptedInRecap)
        #expect(lane.outcome(of: 2)?.result == .accepted(attempts: 1, latencyMilliseconds: 5))
    }

    @Test mutating func `of class encrypted a phone without keys is told from the others`() throws {
        lane.load([
            .sample(1, readAt: lane.time, isEncrypted: true),
            .sample(2, readAt: lane.time, isEncrypted: true, body: [1]),
            .sample(3, readAt: lane.time),
        ])
        for _ in 0..<3 { _ = lane.answer(try lane.beginOne(), .accepted) }
        #expect([1, 2, 3].map { lane.outcome(of: $0)?.result.isSentAsGeneric } == [true, false, false])
    }

    @Test mutating func `what has expired is ended and not sent`() {
        lane.load([.sample(1, expiresAt: lane.now.wall, readAt: lane.time)])
        let begun = lane.beginAll()
        #expect(begun.isEmpty)
        #expect(lane.state(of: 1) == .expired)
    }

    /// Verdict, how it ends, whether it waits in memory, whether the lane stays active.
    @Test(
        arguments: [
            (.accepted, .accepted, false, true), (.tokenDead(since: nil), .rejected, false, true),
            (.tokenSuspect, .rejected, false, true), (.payloadRefused, .rejected, false, true),
            (.credentialFault, nil, true, false), (.platformFault, .deferred, false, true),
            (.resend(.keep), nil, true, true), (.resend(.retire), nil, true, true),
            (.laneBusy(retryAfter: nil), nil, true, false), (.deferred(retryAfter: nil), .deferred, false, true),
            (.ambiguous, .deferred, false, true),
        ] as [(Verdict, DeliveryState?, Bool, Bool)]
    )
    func `each answer has one ending`(verdict: Verdict, state: DeliveryState?, isKept: Bool, isActive: Bool) throws {
        var lane = LaneFixture()
        lane.load(1...1)
        let ticket = try lane.beginOne()

        let landing = lane.answer(ticket, verdict, status: 418)

        #expect(lane.state(of: 1) == state)
        #expect(landing.answered == EventID(rawValue: 1))
        let condition = lane.condition
        #expect(condition.isActive == isActive)
        #expect(lane.machine.inFlight == 0 && lane.host.inFlight == 0)
        // What is kept is still here, and counts no attempt.
        if isKept { #expect(lane.outcomes.isEmpty) }
        lane.order(.resume)
        lane.time += 1
        _ = lane.beginAll()
        lane.lookUp()
        let begun = lane.beginAll()
        #expect(begun.isEmpty || isKept)
    }

    @Test mutating func `a delivery that is not processed eleven times counts one attempt`() throws {
        lane.load(1...1)
        for _ in 0..<10 { _ = lane.answer(try lane.beginOne(), .resend(.keep), isAnswered: false) }
        #expect(lane.outcomes.isEmpty)
        _ = lane.answer(try lane.beginOne(), .resend(.keep), isAnswered: false)
        #expect(lane.outcome(of: 1)?.attempts == 1 && lane.state(of: 1) == .deferred)
    }

    @Test mutating func `no more are under way than the window holds, and an eighth of it is for urgent ones`() {
        lane.load(1...100)
        let begun = lane.beginAll()
        #expect(begun.count == 28)
        lane.load(200...210, urgency: .urgent)
        let urgent = lane.beginAll()
        #expect(urgent.map(\.id) == [200, 201, 202, 203])
    }

    @Test mutating func `more is asked for once below half, and once when nothing is left`() {
        lane.load(1...3)
        func asked(_ lane: LaneFixture) -> Int { lane.actions.count { if case .needMore = $0 { true } else { false } } }
        lane.turn()
        #expect(asked(lane) == 0)
        _ = lane.beginAll(most: 2)
        lane.turn()
        lane.turn()
        #expect(asked(lane) == 1)
        _ = lane.beginAll()
        lane.turn()
        #expect(asked(lane) == 2)
    }

    @Test mutating func `without a credential nothing is counted and the place is kept`() throws {
        lane = LaneFixture(bounds: LaneBounds(windowMax: 100, messagesPerMinute: 1, deviceMessagesPerMinute: 1))
        lane.load(1...2)
        for _ in 0..<5 {
            let next = lane.machine.next(lane.now, canRecord: true, host: &lane.host)
            let ticket = try #require(next)
            lane.machine.notWritten(ticket, nil, lane.now, host: &lane.host)
        }
        let refreshes = lane.machine.actions.count { if case .refreshCredential(nil) = $0 { true } else { false } }
        #expect(refreshes == 1)
        let begun = lane.beginAll()
        #expect(begun.map(\.id) == [1])
    }

    @Test mutating func `nothing is begun while outcomes cannot be recorded`() {
        lane.load(1...1)
        let ticket = lane.machine.next(lane.now, canRecord: false, host: &lane.host)
        #expect(ticket == nil)
    }
}
