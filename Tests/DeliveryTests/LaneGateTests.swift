import Domain
import Store
import Testing

@testable import Delivery

/// The check at the moment a request is begun: whatever way a delivery has come, it goes to the phone's owner of that moment.
struct LaneGateTests {
    private var lane = LaneFixture()
    private static let device = DeviceID(rawValue: 1)

    /// A way on which a delivery waits with the address it was read with.
    enum Way: CaseIterable {
        case loaded, returned, resent, parked, probe
    }

    @Test(arguments: Way.allCases)
    func `a phone that was signed out is looked up again, whatever way its delivery takes`(way: Way) throws {
        var lane = LaneFixture()
        try Self.wait(way, &lane)
        lane.machine.devicesChanged([Self.device], at: lane.time)
        try Self.release(way, &lane)

        let begun = lane.beginAll()

        #expect(!begun.contains { $0.id == 1 }, "\(way)")
        let asked = lane.lookUps.flatMap { $0.deliveries[$0.position...].map(\.id.rawValue) }
        #expect(asked == [1], "\(way)")
        // Read again by then, it goes to whoever has the phone.
        lane.time += 1
        lane.lookUp()
        let after = lane.beginAll()
        #expect(after.contains { $0.id == 1 }, "\(way)")
    }

    /// A change is not a look-up of everything: the neighbours go.
    @Test mutating func `only the deliveries of the changed device are looked up`() {
        lane.load(1...5)
        lane.machine.devicesChanged([DeviceID(rawValue: 3)], at: lane.time)
        let begun = lane.beginAll()
        #expect(begun.map(\.id) == [1, 2, 4, 5])
        #expect(lane.lookUps.count == 1)
    }

    @Test mutating func `what is read after the change goes as it is`() {
        lane.machine.devicesChanged([Self.device], at: lane.time)
        lane.time += 1
        lane.load(1...1)
        let begun = lane.beginAll()
        #expect(begun.count == 1)
    }

    @Test mutating func `more changes than are remembered make everything read before stale`() {
        lane.load(1...1)
        lane.machine.devicesChanged((100...5_000).map { DeviceID(rawValue: $0) }, at: lane.time)
        let begun = lane.beginAll()
        #expect(begun.isEmpty && lane.lookUps.count == 1)
    }

    @Test(arguments: Way.allCases)
    func `an address older than a minute is looked up again`(way: Way) throws {
        var lane = LaneFixture()
        try Self.wait(way, &lane)
        lane.time += Freshness.ageMaxMilliseconds + 1
        try Self.release(way, &lane)
        let begun = lane.beginAll()
        #expect(begun.isEmpty && lane.lookUps.count == 1, "\(way)")
    }

    @Test mutating func `urgent deliveries that are looked up again come back urgent`() {
        lane.load(1...2, urgency: .urgent)
        lane.machine.devicesChanged([Self.device], at: lane.time)
        _ = lane.beginAll()
        #expect(lane.lookUps.map(\.isUrgent) == [true])
        lane.load([.sample(9, urgency: .urgent, readAt: lane.time)])
        lane.time += 60_001
        _ = lane.beginAll()
        #expect(lane.lookUps.map(\.isUrgent) == [true, true])
    }

    @Test mutating func `while the breaker is open a probe is not looked up again and again`() throws {
        lane.load(1...2)
        _ = lane.answer(try lane.beginOne(), .laneBusy(retryAfter: nil), status: 503)
        lane.time += 61_000
        _ = lane.beginAll()
        lane.lookUp()
        let probe = lane.beginAll()
        #expect(probe.count == 1)
    }

    // MARK: - Ways

    private static func wait(_ way: Way, _ lane: inout LaneFixture) throws {
        lane.load(1...1, platform: .ios)
        switch way {
        case .loaded: break
        case .returned: _ = lane.answer(try lane.beginOne(), .laneBusy(retryAfter: nil), status: 429)
        case .resent: _ = lane.answer(try lane.beginOne(), .resend(.keep), isAnswered: false)
        case .parked, .probe: _ = lane.answer(try lane.beginOne(), .platformFault, status: 403)
        }
    }

    private static func release(_ way: Way, _ lane: inout LaneFixture) throws {
        switch way {
        case .loaded, .resent: break
        case .returned:
            // Not by waiting: a closed lane makes all it holds stale.
            lane.machine.lane.resume()
            lane.machine.freshness.closedAt = .min
        case .parked:
            lane.machine.platform.state.resume()
        case .probe: lane.machine.platform.state.probe()
        }
    }
}
