import Domain
import Providers
import Testing

@testable import Delivery

/// What the operator sees of a lane.
struct LaneConditionTests {
    private var lane = LaneFixture()

    @Test mutating func `a lane that waits to reconnect says so, why and until when`() {
        lane.load(1...1)
        lane.machine.connection(.closed("reset by peer", retryAt: lane.time + 3_000), lane.now)
        var condition = lane.condition
        #expect(condition.state == "open" && condition.reason == "reset by peer")
        #expect(condition.wakeAt == lane.time + 3_000)
        lane.time += 3_000
        lane.machine.connection(.opened, lane.now)
        condition = lane.condition
        #expect(condition.state == "active" && condition.reason.isEmpty && condition.wakeAt == nil)
    }

    @Test mutating func `an attempt at one connection more that fails closes no lane that works`() {
        let why = "no HTTP/2 SETTINGS within 10 seconds"
        lane.load(1...2)
        let under = lane.beginAll()
        lane.machine.connection(.failed(why, retryAt: lane.time + 3_000, hasNoHTTP2: false), lane.now)
        #expect(lane.condition.state == "active" && lane.condition.lastError == why)
        for ticket in under.map(\.ticket) { _ = lane.answer(ticket, .accepted) }
        #expect(lane.condition.state == "active")
    }

    @Test mutating func `an answer says that there is a connection, whatever an attempt has met`() {
        lane.machine.connection(.failed("refused", retryAt: lane.time + 3_000, hasNoHTTP2: false), lane.now)
        #expect(lane.condition.state == "open" && lane.condition.isRefused)
        lane.load(1...1)
        let under = lane.beginAll()
        _ = lane.answer(under[0].ticket, .accepted)
        #expect(lane.condition.state == "active" && !lane.condition.isRefused)
    }

    @Test mutating func `a connection lost while nothing waits closes nothing`() {
        lane.machine.connection(.closed("idle", retryAt: lane.time + 3_000), lane.now)
        let condition = lane.condition
        #expect(condition.state == "active" && condition.lastError == "idle")
    }

    @Test mutating func `a host without HTTP2 is given to the ordinary client, once it never had a connection`() {
        lane = LaneFixture(hasOrdinaryClient: true)
        lane.machine.connection(.failed("http/1.1", retryAt: 0, hasNoHTTP2: true), lane.now)
        lane.turn()
        #expect(lane.actions.contains { if case .needsOrdinaryClient = $0 { true } else { false } })
    }

    @Test mutating func `a lane at an ill host shows the host's state and opens with it`() {
        lane.host.state.busy("503", retryAfter: 5_000, now: lane.time, random: 0)
        var condition = lane.condition
        #expect(condition.state == "open" && condition.wakeAt == lane.time + 5_000)
        lane.time += 5_000
        lane.load(1...2)
        let probe = lane.beginAll()
        #expect(probe.count == 1)
        _ = lane.answer(probe[0].ticket, .accepted)
        condition = lane.condition
        #expect(condition.isActive)
    }

    @Test mutating func `the quota's wait is shown and is no illness`() {
        lane = LaneFixture(bounds: LaneBounds(windowMax: 100, messagesPerMinute: 2))
        lane.load(1...5)
        _ = lane.beginAll()
        let condition = lane.condition
        #expect(condition.state == "active" && condition.wakeAt ?? 0 > lane.time + 59_000)
    }

    @Test mutating func `a connection that is going away closes nothing, and what it said is kept`() {
        lane.load(1...2)
        let begun = lane.beginAll(most: 1)
        lane.machine.connection(.goingAway("maintenance"), lane.now)
        let condition = lane.condition
        #expect(condition.state == "active" && condition.lastError == "maintenance" && condition.wakeAt == nil)
        // Before anything was ever opened it is no connection either.
        #expect(!condition.hasConnected && !condition.isRefused)
        let more = lane.beginAll()
        #expect(begun.map(\.id) == [1] && more.map(\.id) == [2] && lane.lookUps.isEmpty)
    }

    @Test mutating func `a connection that closes and needs no other says so and no more`() {
        lane.load(1...1)
        lane.machine.connection(.closed("idle", retryAt: nil), lane.now)
        let condition = lane.condition
        #expect(condition.state == "active" && condition.lastError == "idle")
        let begun = lane.beginAll()
        #expect(begun.count == 1)
    }

    @Test mutating func `what waited for a connection is looked up again when one stands`() {
        lane.load(1...2)
        lane.machine.connection(.closed("reset by peer", retryAt: lane.time + 500), lane.now)
        lane.time += 500
        lane.machine.connection(.opened, lane.now)
        let begun = lane.beginAll()
        #expect(begun.isEmpty && lane.lookUps.flatMap(\.deliveries).map(\.id.rawValue) == [1, 2])
        // One connection more makes nothing old.
        lane.lookUp()
        lane.time += 1
        lane.machine.connection(.opened, lane.now)
        let after = lane.beginAll()
        #expect(after.map(\.id) == [1, 2])
    }
}
