import Domain
import Providers
import Store
import Testing

@testable import Delivery

/// Orders, by the state of the lane and by where a delivery is.
struct LaneOrderTests {
    private var lane = LaneFixture()
    private static let drop = SlotResult(.dropped, reason: .dropped)

    /// What closed the lane or its host, and the state each order leads to.
    @Test(
        arguments: [
            ("active", ["paused", "draining", "active", "active"]),
            ("paused", ["paused", "draining", "active", "paused"]),
            ("draining", ["paused", "draining", "active", "draining"]),
            ("open", ["paused", "draining", "halfOpen", "halfOpen"]),
            ("host", ["paused", "draining", "halfOpen", "halfOpen"]),
            ("credentialFault", ["paused", "draining", "halfOpen", "credentialFault"]),
        ]
    )
    func `each order does what it says in each state`(from: String, to: [String]) {
        let orders: [LaneOrder] = [
            .pause("why", draining: false), .pause("why", draining: true), .resume, .probe,
        ]
        for (order, state) in zip(orders, to) {
            var lane = LaneFixture()
            Self.bring(&lane, to: from)
            lane.order(order)
            let condition = lane.condition
            #expect(condition.state == state, "\(from): \(order)")
            // What may be sent now: all, one, or nothing.
            lane.time += 1
            lane.load(1...5)
            let begun = lane.beginAll()
            let expected =
                ["active": 5, "draining": from == "host" ? 0 : 5, "halfOpen": 1, "credentialFault": 1][state] ?? 0
            #expect(begun.count == expected, "\(from): \(order)")
        }
    }

    @Test mutating func `a draining lane sends all it has, and looks nothing up again`() {
        lane.load(1...50)
        lane.order(.pause("why", draining: true))
        lane.time += 5
        var sent = 0
        while true {
            let begun = lane.beginAll()
            if begun.isEmpty { break }
            sent += begun.count
            for (ticket, _) in begun { _ = lane.answer(ticket, .accepted) }
            lane.time += 5
        }
        #expect(sent == 50 && lane.lookUps.isEmpty)
    }

    @Test mutating func `what an order took out comes back when it fails, and is gone when it is on the disk`() {
        lane.load(1...4)
        lane.order(.stop(StopOrder(order: 1, deliveries: [DeliveryID(rawValue: 1)], mark: Self.drop)))
        lane.order(.concluded(order: 1, isCommitted: true))
        lane.order(.stop(StopOrder(order: 2, deliveries: [DeliveryID(rawValue: 2)], mark: Self.drop)))
        lane.order(.concluded(order: 2, isCommitted: false))
        let begun = lane.beginAll()
        #expect(begun.map(\.id) == [2, 3, 4])
    }

    @Test mutating func `an order that fails does not bring back what an earlier one dropped`() {
        lane.order(.stop(StopOrder(order: 1, deliveries: [DeliveryID(rawValue: 1)], mark: Self.drop)))
        lane.order(.concluded(order: 1, isCommitted: true))
        lane.order(.stop(StopOrder(order: 2, deliveries: [DeliveryID(rawValue: 2)], mark: Self.drop)))
        // Read before both were on the disk, and come now.
        lane.load([.sample(1, readAt: lane.time), .sample(2, readAt: lane.time)], generation: 0)
        lane.order(.concluded(order: 2, isCommitted: false))
        let begun = lane.beginAll()
        #expect(begun.map(\.id) == [2])
    }

    @Test(arguments: [true, false])
    func `a recap that announces what an order takes out is counted anew, and not before the order's end`(
        isCommitted: Bool
    ) {
        let stop = StopOrder(order: 1, deliveries: [DeliveryID(rawValue: 8)], mark: Self.drop)
        for comesLater in [false, true] {
            var lane = LaneFixture()
            var recap = LoadedDelivery.sample(1, readAt: lane.time)
            recap.announces = [DeliveryID(rawValue: 7), DeliveryID(rawValue: 8)]
            if !comesLater { lane.load([recap, .sample(2, readAt: lane.time)]) }
            lane.order(.stop(stop))
            // Read before the order was on the disk.
            if comesLater { lane.load([recap, .sample(2, readAt: lane.time)], generation: 0) }
            let before = lane.beginAll()
            #expect(before.map(\.id) == [2] && lane.lookUps.isEmpty)
            lane.order(.concluded(order: 1, isCommitted: isCommitted))
            lane.turn()
            #expect(lane.lookUps.flatMap(\.deliveries).map(\.id.rawValue) == [1])
            lane.lookUp()
            let after = lane.beginAll()
            #expect(after.map(\.id) == [1])
        }
    }

    @Test mutating func `a recap that comes when the order is over is counted anew at once`() {
        lane.order(.stop(StopOrder(order: 1, deliveries: [DeliveryID(rawValue: 8)], mark: Self.drop)))
        lane.order(.concluded(order: 1, isCommitted: true))
        var recap = LoadedDelivery.sample(1, readAt: lane.time)
        recap.announces = [DeliveryID(rawValue: 8)]
        lane.load([recap], generation: 0)
        lane.turn()
        #expect(lane.lookUps.flatMap(\.deliveries).map(\.id.rawValue) == [1])
    }

    @Test mutating func `a recap that comes back unsent after an order is counted anew`() throws {
        var recap = LoadedDelivery.sample(1, readAt: lane.time)
        recap.announces = [DeliveryID(rawValue: 8)]
        lane.load([recap])
        let ticket = try lane.beginOne()
        lane.order(.stop(StopOrder(order: 1, deliveries: [DeliveryID(rawValue: 8)], mark: Self.drop)))
        lane.order(.concluded(order: 1, isCommitted: true))
        _ = lane.answer(ticket, .resend(.keep))
        let begun = lane.beginAll()
        #expect(begun.isEmpty)
        #expect(lane.lookUps.flatMap(\.deliveries).map(\.id.rawValue) == [1])
    }

    /// Verdict of what was under way, how it ends when the order stands, and when it failed.
    @Test(
        arguments: [
            (.accepted, .accepted, .accepted), (.tokenDead(since: nil), .rejected, .rejected),
            (.ambiguous, .dropped, .deferred), (.deferred(retryAfter: nil), .dropped, .deferred),
            (.laneBusy(retryAfter: nil), .dropped, nil), (.resend(.keep), .dropped, nil),
            (.credentialFault, .dropped, nil), (.platformFault, .dropped, .deferred),
        ] as [(Verdict, DeliveryState, DeliveryState?)]
    )
    func `what is under way ends as the order says unless it succeeds`(
        verdict: Verdict,
        stands: DeliveryState,
        failed: DeliveryState?
    ) throws {
        for isCommitted in [true, false] {
            var lane = LaneFixture()
            lane.load(1...1)
            let ticket = try lane.beginOne()
            let id = DeliveryID(rawValue: 1)
            let underWay = lane.order(.stop(StopOrder(order: 1, deliveries: [id], mark: Self.drop)))
            lane.order(.concluded(order: 1, isCommitted: isCommitted))
            _ = lane.answer(ticket, verdict, status: 503)
            #expect(underWay == [id])
            #expect(lane.state(of: 1) == (isCommitted ? stands : failed), "\(isCommitted)")
        }
    }

    @Test mutating func `parked deliveries are taken out by an order, too`() throws {
        lane.load(1...1, platform: .ios)
        _ = lane.answer(try lane.beginOne(), .platformFault, status: 403)
        lane.order(.stop(StopOrder(order: 1, deliveries: [DeliveryID(rawValue: 1)], mark: Self.drop)))
        lane.order(.concluded(order: 1, isCommitted: true))
        lane.order(.resume)
        let begun = lane.beginAll()
        #expect(begun.isEmpty && lane.lookUps.isEmpty)
    }

    @Test mutating func `a reload takes other bounds and forgets refused credentials`() throws {
        lane.load(1...3)
        _ = lane.answer(try lane.beginOne(), .credentialFault, status: 403)
        lane.time += 1
        lane.order(.reloaded(LaneBounds(windowMax: 100, messagesPerMinute: 1)))
        lane.time += 1
        lane.lookUp()
        _ = lane.beginAll()
        lane.lookUp()
        let probe = lane.beginAll()
        #expect(probe.count == 1)
        _ = lane.answer(probe[0].ticket, .accepted)
        lane.time += 1
        let more = lane.beginAll()
        #expect(more.isEmpty, "one a minute")
    }

    private static func bring(_ lane: inout LaneFixture, to state: String) {
        switch state {
        case "paused": lane.order(.pause("order", draining: false))
        case "draining": lane.order(.pause("order", draining: true))
        case "open": lane.machine.lane.busy("429", retryAfter: nil, now: lane.time, random: 0)
        case "host": lane.host.state.busy("503", retryAfter: nil, now: lane.time, random: 0)
        case "credentialFault": lane.machine.lane.credentialRefused("403", now: lane.time)
        default: break
        }
    }
}
