import Domain
import Providers
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Delivery
@testable import FanOut

/// The lane's side of the engine: mail is read before anything begins, and a turn's end hands over what it has brought.
@Suite(.timeLimit(.minutes(1)))
struct LaneFeedTests {
    private let clock = HandClock()
    private let signals = Signals()
    private let metrics = MetricRegistry(prefix: "test_")

    private final class Signals: Sendable {
        private let kept = Mutex<[LaneSignal]>([])
        var all: [LaneSignal] { kept.withLock { $0 } }
        func add(_ signal: LaneSignal) { kept.withLock { $0.append(signal) } }
    }

    private struct NoKey: Error, CustomStringConvertible { let description = "no key" }

    private func feed(_ recorder: Recorder, hasOrdinaryClient: Bool = false) -> LaneFeed {
        LaneFeed(
            LaneRules(
                name: "fcm/test",
                policy: RetryPolicy(attemptsMax: 8),
                bounds: LaneBounds(windowMax: 100),
                lowWater: 2,
                hasOrdinaryClient: hasOrdinaryClient,
                seed: 1
            ),
            wire: QuietWire(),
            host: SharedHost(),
            time: clock.source,
            recorder: recorder,
            metrics: LaneMetrics(DispatchMetrics(metrics), lane: "fcm/test")
        ) { [signals] in signals.add($0) }
    }

    private func withFeed(
        hasOrdinaryClient: Bool = false,
        _ body: (RefusingStore, Recorder, LaneFeed) async throws -> Void
    ) async throws {
        try await RefusingStore.with { store in
            let recorder = Recorder(queue: store.queue, time: clock.source) { _ in }
            try await body(store, recorder, feed(recorder, hasOrdinaryClient: hasOrdinaryClient))
        }
    }

    private func load(_ feed: LaneFeed, _ store: RefusingStore, _ slots: Range<Int>) {
        let readAt = clock.source.monotonic()
        feed.mail.add(.of(slots.map { .sample(store.delivery($0).rawValue, readAt: readAt) }, readAt: readAt))
    }

    private func answer(_ feed: LaneFeed, _ ticket: UInt64, _ verdict: Verdict) -> Bool {
        let classification = Classification(verdict, status: 200, reason: "200")
        let answer = LaneAnswer(classification: classification, latency: .milliseconds(5), isAnswered: true)
        return feed.finished(ticket, answer, feed.moment)
    }

    @Test func `what is in the mail is sent, and is on the disk after the turn that brought its answer`() async throws {
        try await withFeed { store, recorder, feed in
            load(feed, store, 0..<2)
            var written: [Int64] = []
            while let ticket = feed.next({ delivery, _, _ in
                written.append(delivery.id.rawValue)
                return .only
            }) { #expect(!answer(feed, ticket, .accepted)) }
            #expect(written == [store.delivery(0).rawValue, store.delivery(1).rawValue])
            feed.endTurn()
            try await recorder.barrier()
            #expect(try store.states() == [.accepted, .accepted, .pending, .pending])
            #expect(metrics.render().contains("test_deliveries_total{lane=\"fcm/test\",outcome=\"accepted\"} 2\n"))
            #expect(feed.mail.loaded == 0 && feed.mail.condition.inFlight == 0)
        }
    }

    @Test func `an order is answered with those under way, when all that came before it is with the recorder`()
        async throws
    {
        try await withFeed { store, recorder, feed in
            load(feed, store, 0..<2)
            // So that what is recorded stays to be seen.
            try store.refuse()
            let done = try #require(feed.next { _, _, _ in .only })
            _ = try #require(feed.next { _, _, _ in .only })
            _ = answer(feed, done, .accepted)
            #expect(recorder.isIdle)
            let heard = Mutex<(Set<DeliveryID>, Bool)?>(nil)
            let every = Set((0..<2).map(store.delivery))
            let stop = StopOrder(order: 1, deliveries: every, mark: SlotResult(.dropped, reason: .dropped))
            feed.mail.order(.rule(.stop(stop))) { found in heard.withLock { $0 = (found, recorder.isIdle) } }
            feed.endTurn()
            #expect(heard.withLock { $0 }?.0 == [store.delivery(1)])
            #expect(heard.withLock { $0 }?.1 == false)
        }
    }

    @Test func `without a credential one is asked for, and the delivery keeps its place`() async throws {
        try await withFeed { store, _, feed in
            load(feed, store, 0..<2)
            for _ in 0..<2 { #expect(feed.next { _, _, _ in nil } == nil) }
            let asked = signals.all.filter { if case .needsCredential(nil) = $0 { true } else { false } }
            #expect(asked.count == 1)
            feed.mail.order(.rule(.credentialRenewed))
            var first: Int64?
            _ = feed.next { delivery, _, _ in
                first = delivery.id.rawValue
                return .only
            }
            #expect(first == store.delivery(0).rawValue)
        }
    }

    @Test func `a request that cannot be written closes the lane and says why`() async throws {
        try await withFeed { store, _, feed in
            load(feed, store, 0..<1)
            #expect(feed.next { _, _, _ in throw NoKey() } == nil)
            let condition = feed.mail.condition
            #expect(condition.state == "credentialFault" && condition.reason == "no key")
            #expect(signals.all.contains { if case .conditionChanged = $0 { true } else { false } })
            #expect(feed.next { _, _, _ in .only } == nil)
        }
    }

    @Test func `nothing begins while the store refuses outcomes`() async throws {
        try await withFeed { store, recorder, feed in
            load(feed, store, 0..<2)
            try store.refuse()
            let ticket = try #require(feed.next { _, _, _ in .only })
            _ = answer(feed, ticket, .accepted)
            feed.endTurn()
            try await store.catchUp()
            #expect(feed.next { _, _, _ in .only } == nil)
            try store.takeAgain()
            recorder.retry()
            try await store.catchUp()
            #expect(feed.next { _, _, _ in .only } != nil)
        }
    }

    @Test func `a phone that has changed is met before what was read for it, whichever letter came first`() async throws
    {
        try await withFeed { store, _, feed in
            load(feed, store, 0..<2)
            feed.mail.devicesChanged([DeviceID(rawValue: store.delivery(0).rawValue)], at: clock.source.monotonic())
            var begun: [Int64] = []
            while feed.next({ delivery, _, _ in
                begun.append(delivery.id.rawValue)
                return .only
            }) != nil {}
            #expect(begun == [store.delivery(1).rawValue])
            let stale = signals.all.compactMap { if case .stale(let batch) = $0 { batch } else { nil } }
            #expect(stale.flatMap(\.deliveries).map(\.id) == [store.delivery(0)])
        }
    }

    @Test func `a person's test is answered with the provider's word, once`() async throws {
        try await withFeed { _, recorder, feed in
            let heard = Mutex<[Classification]>([])
            let delivery = LoadedDelivery.sample(0, readAt: clock.source.monotonic())
            feed.mail.order(.test(1, delivery, until: 10_000) { word in heard.withLock { $0.append(word) } })
            let ticket = try #require(feed.next { _, _, _ in .only })
            _ = answer(feed, ticket, .tokenSuspect)
            feed.endTurn()
            feed.endTurn()
            #expect(heard.withLock { $0 }.map(\.verdict) == [.tokenSuspect])
            #expect(recorder.isIdle)
        }
    }

    @Test func `the engine gets nothing of a lane that has left it, the ordinary client does`() async throws {
        try await withFeed(hasOrdinaryClient: true) { store, _, feed in
            load(feed, store, 0..<1)
            feed.laneEvent(.connectFailed(.noHTTP2("http/1.1"), retryAfter: .seconds(5)))
            let left = signals.all.filter { if case .needsOrdinaryClient = $0 { true } else { false } }
            #expect(left.count == 1)
            let connection = ConnectionInfo(
                id: ConnectionID(1),
                requestsSent: 0,
                openedAt: MonotonicTime(nanoseconds: 0)
            )
            #expect(feed.next(into: RequestBuffer(), on: connection) == nil)
            feed.mail.order(.rule(.pause("order", draining: false))) { _ in Issue.record("the engine's turn obeys") }
            feed.turnEnded()
            feed.laneEvent(.closed(connection, reason: "late", retryAfter: nil))
            _ = feed.mail.take()

            feed.leaveEngine()
            clock.advance(1)
            load(feed, store, 1..<2)
            #expect(feed.next { _, _, _ in .only } != nil)
        }
    }

    @Test func `more is asked for when little is left`() async throws {
        try await withFeed { store, _, feed in
            load(feed, store, 0..<4)
            feed.endTurn()
            for _ in 0..<3 { _ = feed.next { _, _, _ in .only } }
            feed.endTurn()
            let asked = signals.all.filter { if case .wantsDeliveries = $0 { true } else { false } }
            #expect(asked.count == 1 && feed.mail.loaded == 1)
        }
    }
}
