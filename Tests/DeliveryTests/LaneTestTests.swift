import Domain
import Testing

@testable import Delivery

/// A person who tries the bell gets an answer, and nothing of the test is left behind.
struct LaneTestTests {
    private var lane = LaneFixture()

    @Test mutating func `a test goes before everything else, once, and nothing is recorded`() throws {
        lane.load(1...3)
        give(7)
        let ticket = try lane.beginOne()
        #expect(lane.machine.delivery(of: ticket).id.rawValue == 100)
        _ = lane.answer(ticket, .resend(.keep), isAnswered: false)
        #expect(ended == [7] && lane.outcomes.isEmpty)
        let rest = lane.beginAll()
        #expect(rest.map(\.id) == [1, 2, 3])
    }

    @Test(arguments: ["paused", "open", "late", "signedOut", "disconnected"])
    func `a test that may not go is answered at once and never rings`(why: String) {
        var lane = Self()
        switch why {
        case "paused": lane.lane.order(.pause("order", draining: false))
        case "open": lane.lane.machine.lane.busy("429", retryAfter: nil, now: lane.lane.time, random: 0)
        case "disconnected":
            lane.lane.machine.connection(
                .failed("refused", retryAt: lane.lane.time + 1_000, hasNoHTTP2: false),
                lane.lane.now
            )
        default: break
        }
        lane.give(7)
        if why == "late" { lane.lane.time += 6_000 }
        if why == "signedOut" { lane.lane.machine.devicesChanged([DeviceID(rawValue: 100)], at: lane.lane.time) }
        lane.lane.turn()
        #expect(lane.ended == [7], "\(why)")
        lane.lane.order(.resume)
        let begun = lane.lane.beginAll()
        #expect(begun.isEmpty, "\(why)")
    }

    @Test mutating func `more tests than a lane keeps are answered at once`() {
        for number in 1...90 { give(number) }
        #expect(ended.count == 90 - LaneMachine.testsMax)
        lane.time += 6_000
        let begun = lane.beginAll()
        #expect(begun.isEmpty && Set(ended) == Set(1...90))
    }

    private mutating func give(_ number: Int) {
        lane.order(.test(number, .sample(100, readAt: lane.time), until: lane.time + 5_000))
    }

    private var ended: [Int] {
        lane.actions.compactMap { if case .testEnded(let number, _) = $0 { number } else { nil } }
    }
}
