import Domain
import Testing

@testable import Delivery

/// Refused credentials: of the lane, of a platform, and of one parent's subscription.
struct LaneCredentialTests {
    private var lane = LaneFixture()

    @Test mutating func `a token that has expired is renewed: nothing counts an attempt and nothing is lost`() {
        lane.load(1...20)
        let begun = lane.beginAll()
        for (ticket, _) in begun {
            let landing = lane.answer(ticket, .resend(.renewCredential), status: 403, advice: .replaced)
            #expect(landing.retiresConnection)
        }
        #expect(lane.outcomes.isEmpty)
        let condition = lane.condition
        #expect(condition.state == "active")
        let again = lane.beginAll()
        #expect(again.count == 20)
    }

    @Test mutating func `all that went out with one refused token is one refusal, a second token is the key's fault`() {
        lane.load(1...20)
        for (ticket, _) in lane.beginAll() {
            _ = lane.answer(ticket, .resend(.renewCredential), status: 401, advice: .refresh)
        }
        #expect(refreshes == [1])
        var condition = lane.condition
        #expect(condition.state == "active")
        lane.order(.credentialRenewed)
        _ = lane.answer(lane.begin(credential: 2) ?? 0, .resend(.renewCredential), status: 401, advice: .refresh)
        condition = lane.condition
        #expect(condition.state == "credentialFault" && refreshes == [1, 2])
    }

    @Test mutating func `a credential that another would not help stops the lane`() throws {
        lane.load(1...1)
        _ = lane.answer(try lane.beginOne(), .resend(.renewCredential), status: 403, advice: .hopeless)
        let condition = lane.condition
        #expect(condition.state == "credentialFault" && lane.outcomes.isEmpty)
    }

    @Test mutating func `three subscriptions of one parent that answer 401 are one accuser`() throws {
        lane = LaneFixture(accusersMin: 3)
        lane.load((1...3).map { .sample($0, owner: 1, readAt: lane.time) })
        for (ticket, _) in lane.beginAll() { _ = lane.answer(ticket, .credentialFault, status: 401) }
        let condition = lane.condition
        #expect(condition.state == "active")
        #expect((1...3).allSatisfy { lane.state(of: $0) == .deferred })
    }

    @Test mutating func `an accuser is put aside and is never the probe`() throws {
        lane = LaneFixture(accusersMin: 3)
        lane.load((1...3).map { .sample($0, readAt: lane.time) })
        for (ticket, _) in lane.beginAll() { _ = lane.answer(ticket, .credentialFault, status: 401) }
        var condition = lane.condition
        #expect(condition.state == "credentialFault")
        lane.time += 61_000
        lane.load([.sample(11, owner: 1, readAt: lane.time), .sample(20, readAt: lane.time)])
        let probe = lane.beginAll()
        #expect(probe.map(\.id) == [20])
        #expect(lane.state(of: 11) == .deferred)
        _ = lane.answer(probe[0].ticket, .accepted)
        condition = lane.condition
        #expect(condition.state == "active")
    }

    @Test mutating func `a person who resumes the lane takes the accusations back: those that waited go at once`()
        throws
    {
        lane = LaneFixture(accusersMin: 3)
        lane.load((1...6).map { .sample($0, readAt: lane.time) })
        for (ticket, _) in lane.beginAll() { _ = lane.answer(ticket, .credentialFault, status: 401) }
        #expect(lane.beginAll().isEmpty)
        lane.order(.resume)
        let probe = lane.beginAll()
        #expect(!probe.isEmpty)
        for (ticket, _) in probe { _ = lane.answer(ticket, .accepted) }
        while case let more = lane.beginAll(), !more.isEmpty {
            for (ticket, _) in more { _ = lane.answer(ticket, .accepted) }
        }
        #expect((3...6).allSatisfy { lane.state(of: $0) == .accepted })
    }

    /// Why no credential was to be had, how the lane stands then, and when it may go on.
    @Test(
        arguments: [
            (.credentialFault, "credentialFault", 60_000), (.laneBusy(retryAfter: .seconds(20)), "open", 20_000),
            (.ambiguous, "active", nil), (.deferred(retryAfter: nil), "active", nil),
        ] as [(Verdict, String, Int64?)]
    )
    func `a credential that is not to be had closes the lane as its issuer says, and is asked for again`(
        verdict: Verdict,
        state: String,
        wait: Int64?
    ) throws {
        var tests = Self()
        tests.lane.load(1...2)
        _ = tests.lane.answer(
            try tests.lane.beginOne(),
            .resend(.renewCredential),
            status: 401,
            advice: .refresh
        )
        tests.lane.order(.credentialFailed(Classification(verdict, status: 400, reason: "invalid_grant")))
        let condition = tests.lane.condition
        #expect(condition.state == state && condition.lastError == "400 invalid_grant")
        #expect(condition.wakeAt == wait.map { tests.lane.time + $0 })
        // Of another credential: the next request may ask again.
        tests.lane.order(.resume)
        tests.lane.time += 1
        tests.lane.lookUp()
        _ = tests.lane.answer(
            try tests.lane.beginOne(),
            .resend(.renewCredential),
            status: 401,
            advice: .refresh
        )
        #expect(tests.refreshes.count == 2)
    }

    @Test mutating func `ten failures to get a credential open the breaker, as lost answers do`() {
        for _ in 0..<LaneState.failuresMax {
            lane.order(.credentialFailed(Classification(.ambiguous, status: 0, reason: "timeout")))
        }
        let condition = lane.condition
        #expect(condition.state == "open" && condition.reason == "timeout")
    }

    // MARK: - A platform behind another credential

    @Test mutating func `iPhones wait for their platform's credential, Android goes on`() throws {
        lane.load(1...3, platform: .ios)
        _ = lane.answer(try lane.beginOne(), .platformFault, status: 403)
        lane.load(11...12, platform: .android)
        let begun = lane.beginAll()
        #expect(begun.map(\.id) == [11, 12] && lane.machine.platform.parked.count == 3)
    }

    @Test mutating func `a probe that ends in any way leaves room for the next`() throws {
        for verdict in [Verdict.resend(.keep), .ambiguous, .tokenDead(since: nil), .payloadRefused, .platformFault] {
            lane = LaneFixture()
            lane.load(1...2, platform: .ios)
            _ = lane.answer(try lane.beginOne(), .platformFault, status: 403)
            _ = lane.beginAll()
            lane.order(.resume)
            lane.time += 1
            _ = lane.answer(try lane.beginOne(), verdict, status: 400)
            lane.order(.resume)
            lane.time += 1
            let next = lane.begin()
            #expect(next != nil, "\(verdict)")
        }
    }

    @Test mutating func `a probe that is taken out, or signed out, leaves room for the next`() throws {
        lane.load(1...2, platform: .ios)
        _ = lane.answer(try lane.beginOne(), .platformFault, status: 403)
        _ = lane.beginAll()
        lane.time += 61_000
        _ = lane.beginAll()
        #expect(lane.lookUps.count == 1)
        lane.lookUp { _ in true }
        // The first has no phone any more; the second is asked for after a while.
        lane.time += PlatformPart.lookUpMilliseconds + 1
        _ = lane.beginAll()
        lane.lookUp()
        let probe = lane.beginAll()
        #expect(probe.count == 1)
    }

    @Test mutating func `when the platform's credential works again all go`() throws {
        lane.load(1...5, platform: .ios)
        _ = lane.answer(try lane.beginOne(), .platformFault, status: 403)
        _ = lane.beginAll()
        lane.order(.resume)
        lane.time += 1
        let probe = try lane.beginOne()
        let more = lane.beginAll()
        #expect(more.isEmpty)
        _ = lane.answer(probe, .accepted)
        let rest = lane.beginAll()
        #expect(rest.count == 4)
    }

    private var refreshes: [UInt64] {
        lane.actions.compactMap { if case .refreshCredential(let rejected) = $0 { rejected } else { nil } }
    }
}
