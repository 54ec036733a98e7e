import Domain
import Providers
import Store

@testable import Delivery

/// Where a delivery may be when an order comes. Each is reached by the ways that lead there; the delivery is number 1, for an iPhone.
enum LanePlace: CaseIterable {
    case loaded, returned, resent, parked, probe, underWay, marked, takenOut, handedBack

    static let delivery = DeliveryID(rawValue: 1)

    /// Under way; an answer ends it.
    var isFlight: Bool { self == .probe || self == .underWay || self == .marked }
    /// The operator's order 1 has it.
    var isOrdered: Bool { self == .marked || self == .takenOut }

    func bring(_ lane: inout LaneFixture) throws(LaneFixture.NothingGoes) {
        lane.load(1...1, platform: .ios)
        switch self {
        case .loaded: break
        case .returned: _ = lane.answer(try lane.beginOne(), .laneBusy(retryAfter: nil), status: 429)
        case .resent: _ = lane.answer(try lane.beginOne(), .resend(.keep), isAnswered: false)
        case .parked, .probe:
            _ = lane.answer(try lane.beginOne(), .platformFault, status: 403)
            guard self == .probe else { break }
            lane.machine.platform.state.probe()
            _ = try lane.beginOne()
        case .underWay: _ = try lane.beginOne()
        case .marked:
            _ = try lane.beginOne()
            lane.order(Self.stop(1))
        case .takenOut: lane.order(Self.stop(1))
        case .handedBack:
            lane.machine.devicesChanged([DeviceID(rawValue: 1)], at: lane.time)
            _ = lane.beginAll()
        }
    }

    static func stop(_ order: Int, _ delivery: Int64 = 1) -> LaneOrder {
        .stop(
            StopOrder(
                order: order,
                deliveries: [DeliveryID(rawValue: delivery)],
                mark: SlotResult(.dropped, reason: .dropped)
            )
        )
    }
}

/// How a lane may stand when an order comes.
enum LaneStanding: CaseIterable {
    case active, paused, draining, open, halfOpen, credentialFault, hostOpen, disconnected, platformClosed, frozen

    func impose(_ lane: inout LaneFixture) {
        // Whatever the way to a place has left of its own.
        lane.machine.lane = LaneState(windowMax: 100)
        switch self {
        case .active: break
        case .paused: lane.machine.lane.pause("order")
        case .draining: lane.machine.lane.pause("order", draining: true)
        case .open: lane.machine.lane.busy("429", retryAfter: nil, now: lane.time, random: 0)
        case .halfOpen:
            lane.machine.lane.busy("429", retryAfter: nil, now: lane.time, random: 0)
            lane.machine.lane.probe()
        case .credentialFault: lane.machine.lane.credentialRefused("403", now: lane.time)
        case .hostOpen: lane.host.state.busy("503", retryAfter: nil, now: lane.time, random: 0)
        case .disconnected: lane.machine.connection(.closed("lost", retryAt: lane.time + 60_000), lane.now)
        case .platformClosed: lane.machine.platform.state.credentialRefused("403", now: lane.time)
        case .frozen: lane.order(.freeze)
        }
    }
}

extension LaneMachine {
    /// How often a delivery is in this lane, wherever that is; once is right, and not at all when it has left.
    func copies(of id: DeliveryID) -> Int {
        var ready = ready
        let isIt: (LoadedDelivery) -> Bool = { $0.id == id }
        return ready.remove(where: isIt).count + platform.parked.count(where: isIt) + stale.count(where: isIt)
            + takenOut.values.joined().count(where: isIt) + recounted.values.joined().count(where: isIt)
            + flights.count { flight in flight.map { $0.test == nil && isIt($0.delivery) } ?? false }
    }
}
