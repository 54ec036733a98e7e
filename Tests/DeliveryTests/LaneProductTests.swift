import Domain
import Providers
import Store
import Testing

@testable import Delivery

/// Every order × every place of a delivery × every standing of the lane, held against the invariants of ``LaneMachine``: a delivery is in one
/// place, a ticket finishes once, and nothing begins that may not.
struct LaneProductTests {
    /// An order, and what the lane says of itself afterwards; nil: as before.
    private struct Case {
        var name: String
        var order: LaneOrder
        var words: [LaneStanding: String] = [:]
    }

    private static let cases: [Case] = [
        Case(name: "pause", order: .pause("why", draining: false), words: all("paused")),
        Case(name: "drain", order: .pause("why", draining: true), words: all("draining")),
        Case(
            name: "resume",
            order: .resume,
            words: [
                .paused: "active", .draining: "active", .open: "halfOpen", .credentialFault: "halfOpen",
                .hostOpen: "halfOpen",
            ]
        ),
        Case(name: "probe", order: .probe, words: [.open: "halfOpen", .hostOpen: "halfOpen"]),
        Case(name: "credentialRenewed", order: .credentialRenewed),
        Case(
            name: "credentialFailed",
            order: .credentialFailed(Classification(.credentialFault, status: 401, reason: "no")),
            words: all("credentialFault").merging([.paused: "paused", .draining: "paused"]) { $1 }
        ),
        Case(name: "reloaded", order: .reloaded(LaneBounds(windowMax: 100)), words: [.credentialFault: "halfOpen"]),
        Case(name: "freeze", order: .freeze), Case(name: "thaw", order: .thaw),
        Case(name: "test", order: .test(7, .sample(100, readAt: 1_000), until: 6_000)),
        Case(name: "stop it", order: LanePlace.stop(2)),
        Case(name: "stop its neighbour", order: LanePlace.stop(2, 2)),
        Case(name: "concluded", order: .concluded(order: 1, isCommitted: true)),
        Case(name: "failed", order: .concluded(order: 1, isCommitted: false)),
    ]

    private static func all(_ word: String) -> [LaneStanding: String] {
        Dictionary(uniqueKeysWithValues: LaneStanding.allCases.map { ($0, word) })
    }

    private static func word(_ standing: LaneStanding) -> String {
        switch standing {
        case .active, .disconnected, .platformClosed, .frozen: "active"
        case .paused: "paused"
        case .draining: "draining"
        case .open, .hostOpen: "open"
        case .halfOpen: "halfOpen"
        case .credentialFault: "credentialFault"
        }
    }

    /// Lane, its deliveries where they shall be, and what was recorded on the way there.
    private static func lane(_ place: LanePlace, _ standing: LaneStanding) throws -> LaneFixture {
        var lane = LaneFixture()
        try place.bring(&lane)
        // Its neighbour.
        lane.load(2...2, platform: .android)
        standing.impose(&lane)
        return lane
    }

    /// A delivery is here, handed back for a look-up, or has left with an outcome: in one of them.
    private static func places(_ id: Int64, _ lane: LaneFixture) -> Int {
        let id = DeliveryID(rawValue: id)
        return lane.machine.copies(of: id)
            + lane.lookUps.reduce(0) { $0 + $1.deliveries[$1.position...].count { $0.id == id } }
            + lane.outcomes.count { DeliveryID(page: $0.page, slot: $0.slot) == id }
    }

    /// What the rules allow to begin now, from what the lane says of itself.
    private static func most(_ word: String, _ standing: LaneStanding, _ order: String, underWay: Int) -> Int {
        let isHostShut = standing == .hostOpen && !["resume", "probe"].contains(order)
        return switch word {
        case "active", "draining": isHostShut ? 0 : 2
        case "halfOpen": underWay == 0 ? 1 : 0
        // Asked about by the operator, who may not know of the credential.
        case "credentialFault": order == "probe" && underWay == 0 ? 1 : 0
        default: 0
        }
    }

    @Test(arguments: LanePlace.allCases, LaneStanding.allCases)
    func `an order leaves each delivery in one place, and begins nothing that may not`(
        place: LanePlace,
        standing: LaneStanding
    ) throws {
        for row in Self.cases {
            let label = Comment(rawValue: "\(row.name), \(place), \(standing)")
            var lane = try Self.lane(place, standing)
            #expect(Self.places(1, lane) == 1 && Self.places(2, lane) == 1, label)

            let underWay = lane.order(row.order)

            // An order that is on the disk has ended what it took out.
            let isGone = row.name == "concluded" && place == .takenOut
            #expect(Self.places(1, lane) == (isGone ? 0 : 1) && Self.places(2, lane) == 1, label)
            #expect(underWay == (row.name == "stop it" && place.isFlight ? [LanePlace.delivery] : []), label)
            let word = row.words[standing] ?? Self.word(standing)
            let isWaited = standing == .disconnected && word == "active" && lane.machine.ready.untouched > 0
            let isFrozen = row.name == "freeze" || (standing == .frozen && row.name != "thaw")
            let condition = lane.condition
            #expect(condition.isFrozen == isFrozen && condition.state == (isWaited ? "open" : word), label)
            begins(&lane, row, place, standing, word, label)
        }
    }

    private func begins(
        _ lane: inout LaneFixture,
        _ row: Case,
        _ place: LanePlace,
        _ standing: LaneStanding,
        _ word: String,
        _ label: Comment
    ) {
        let before = lane.machine.inFlight
        let begun = lane.beginAll().map(\.id)
        let deliveries = begun.filter { $0 < 100 }

        // A test takes the place of a probe.
        #expect(
            begun.count <= Self.most(word, standing, row.name, underWay: before) + (begun.contains(100) ? 1 : 0),
            label
        )
        #expect(Set(begun).count == begun.count, label)
        // What an order has is not begun, nor what is under way or handed back.
        let isTaken = place == .takenOut && row.name != "failed" || row.name == "stop it" || place.isFlight
        if isTaken || place == .handedBack { #expect(!deliveries.contains(1), label) }
        let isParked = standing == .platformClosed || place == .parked
        if isParked, !["resume", "reloaded"].contains(row.name) { #expect(!deliveries.contains(1), label) }
        if row.name == "stop its neighbour" { #expect(!deliveries.contains(2), label) }
        #expect(lane.machine.inFlight == before + begun.count && lane.host.inFlight == lane.machine.inFlight, label)
        #expect(Self.places(1, lane) == (row.name == "concluded" && place == .takenOut ? 0 : 1), label)
    }

    // MARK: - To the end

    @Test(arguments: LanePlace.allCases, LaneStanding.allCases)
    func `when all is well again each delivery ends once, unless an order has it, and nothing is left`(
        place: LanePlace,
        standing: LaneStanding
    ) throws {
        for row in Self.cases {
            for isCommitted in [true, false] {
                let label = Comment(rawValue: "\(row.name), \(place), \(standing), committed \(isCommitted)")
                var lane = try Self.lane(place, standing)
                lane.order(row.order)
                let isFirstOpen = place.isOrdered && !["concluded", "failed"].contains(row.name)
                if isFirstOpen { lane.order(.concluded(order: 1, isCommitted: isCommitted)) }
                if row.name.hasPrefix("stop") { lane.order(.concluded(order: 2, isCommitted: isCommitted)) }

                Self.heal(&lane)

                let isFirstCommitted = row.name == "concluded" || (isFirstOpen && isCommitted)
                let isEnded = place.isOrdered && isFirstCommitted || row.name == "stop it" && isCommitted
                // What was under way is accepted, whatever was ordered.
                #expect(Self.endings(1, lane) == (isEnded && !place.isFlight ? [] : [.accepted]), label)
                let isNeighbourEnded = row.name == "stop its neighbour" && isCommitted
                #expect(Self.endings(2, lane) == (isNeighbourEnded ? [] : [.accepted]), label)
                #expect(Self.endings(100, lane).isEmpty, label)
                let tests = lane.actions.count { if case .testEnded(7, _) = $0 { true } else { false } }
                #expect(tests == (row.name == "test" ? 1 : 0), label)
                #expect(lane.machine.inFlight == 0 && lane.host.inFlight == 0 && lane.lookUps.isEmpty, label)
                #expect([1, 2].allSatisfy { lane.machine.copies(of: DeliveryID(rawValue: $0)) == 0 }, label)
            }
        }
    }

    /// An operator resumes, a connection stands, and all that goes is accepted.
    private static func heal(_ lane: inout LaneFixture) {
        lane.order(.resume)
        lane.order(.thaw)
        lane.machine.connection(.opened, lane.now)
        for _ in 0..<20 {
            lane.time += 1
            _ = lane.beginAll()
            for ticket in lane.machine.flights.indices where lane.machine.flights[ticket] != nil {
                _ = lane.answer(UInt64(ticket), .accepted)
            }
            lane.turn()
            lane.lookUp()
        }
    }

    private static func endings(_ id: Int64, _ lane: LaneFixture) -> [DeliveryState] {
        lane.outcomes.filter { DeliveryID(page: $0.page, slot: $0.slot) == DeliveryID(rawValue: id) }.map(
            \.result.state
        )
    }
}
