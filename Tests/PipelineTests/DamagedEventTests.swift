import Contract
import Domain
import Providers
import SQLite
import Store
import Testing

@testable import Delivery
@testable import Pipeline

/// An event that cannot be read, asked for by what waits for another event: it keeps nothing of its neighbours back.
@Suite(.timeLimit(.minutes(1)))
struct DamagedEventTests {
    /// A Friday, 20:31 in Paris; seven o'clock on Monday.
    private static let evening = Instant(seconds: 1_795_807_860)
    private static let monday = Instant(seconds: 1_796_018_400)
    private static let weekend = Duration.seconds(72 * 3600)

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A state that no release knows.
    private func damage(_ workshop: Workshop, _ event: EventID) throws {
        try workshop.damage("queue.db") { connection in
            try connection.run("UPDATE event SET state = 77 WHERE id = ?", event.rawValue)
        }
    }

    private func outcomes(_ workshop: Workshop, _ event: EventID) throws -> [DeliveryState] {
        try workshop.results(of: event).map(\.state)
    }

    @Test(arguments: [false, true])
    func `whom an event rings that says the same is rung by the other when that is damaged`(
        wasAccepted: Bool
    ) async throws {
        try await withWorkshop(folder) { workshop in
            for user in ["u-1", "u-2", "u-3"] { try await workshop.register(user) }
            let words = [UInt8](repeating: 1, count: 32)
            let first = try await workshop.accept(["u-1"], mergeKey: words)
            let second = try await workshop.accept(["u-1", "u-2"], mergeKey: words)
            try await workshop.expander.work()
            if wasAccepted { try await workshop.deliver { $0.event.id == first ? Workshop.accept($0) : .merging } }
            let other = try await workshop.accept(["u-3"])
            try await workshop.expander.work()
            try damage(workshop, first)
            for _ in 0..<3 {
                workshop.clock.advance(.seconds(60))
                try await workshop.deliver()
            }
            #expect(try outcomes(workshop, second) == [wasAccepted ? .withheld : .accepted, .accepted])
            #expect(try outcomes(workshop, other) == [.accepted])
        }
    }

    @Test func `what a damaged event announces is said by the others, and nobody else waits for it`() async throws {
        var policy = QuietPolicy()
        policy.releaseSpread = .zero
        policy.recapFrom = 3
        let clock = Workshop.Clock(Self.evening)
        try await withWorkshop(folder, clock: clock, rules: DeliveryRules(quiet: policy)) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            var events: [EventID] = []
            for _ in 0..<3 { events.append(try await workshop.accept(["u-1"], lifetime: Self.weekend)) }
            let neighbour = try await workshop.accept(["u-2"], lifetime: Self.weekend)
            try await workshop.expander.work()
            clock.advance(Self.monday - clock.now)
            // The push service has a fault: nothing is accepted yet.
            try await workshop.deliver { _ in SlotResult(.deferred, reason: .retrying) }
            try damage(workshop, events[0])
            for _ in 0..<3 {
                clock.advance(.seconds(60))
                try await workshop.deliver()
            }
            #expect(try outcomes(workshop, neighbour) == [.accepted])
            for event in events[1...] { #expect(try outcomes(workshop, event) == [.accepted]) }
        }
    }

    @Test func `what is looked up once more before it is sent goes out beside a damaged event`() async throws {
        try await withWorkshop(folder) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            let (first, second) = (try await workshop.accept(["u-1"]), try await workshop.accept(["u-2"]))
            try await workshop.expander.work()
            var deliveries: [LoadedDelivery] = []
            for entry in try workshop.reader.openPages() {
                deliveries += try workshop.loader.load(entry.page, on: PlainLane(), now: 0).deliveries
            }
            #expect(deliveries.map(\.event.id) == [first, second])
            try damage(workshop, first)
            let batch = LoadedBatch(tag: 0, deliveries: deliveries, loadedAt: 0, generation: 0)
            let again = try workshop.loader.reload(batch, on: PlainLane(), now: 1)
            // What it says was rendered before the damage: it is still right.
            #expect(again.deliveries.map(\.event.id) == [first, second] && again.ended.isEmpty)
        }
    }
}
