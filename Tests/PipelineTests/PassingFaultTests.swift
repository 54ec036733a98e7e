import Domain
import FanOut
import Providers
import Store
import Telemetry
import Testing

@testable import Delivery
@testable import Pipeline

/// A read that fails for a cause that passes is tried again by itself, and strands nothing.
@Suite(.timeLimit(.minutes(1)))
struct PassingFaultTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The workshop's Firebase lane in a dispatcher whose reads stumble; nothing is connected.
    private func withDispatcher(_ workshop: Workshop, _ body: (FlakyStores, Dispatcher) async throws -> Void)
        async throws
    {
        let stores = FlakyStores(folder: workshop.folder)
        let engine = FanOutEngine(seed: 1)
        try engine.start()
        let dispatcher = try Dispatcher(
            queue: workshop.queue,
            registry: workshop.registry,
            engine: engine,
            stores: stores,
            limits: Limits(),
            time: workshop.clock.source,
            metrics: DispatchMetrics(MetricRegistry(prefix: "test_")),
            logger: Workshop.logger
        )
        let key = LaneKey(provider: .fcm, environment: .production, app: "app")
        try await dispatcher.add(
            LaneDefinition(
                LaneIdentity(name: "fcm/app", key: key),
                provider: PlainLane(),
                engine: LaneConfiguration(host: "push.invalid"),
                bounds: LaneBounds(windowMax: 10)
            )
        )
        try await dispatcher.restore()
        do { try await body(stores, dispatcher) } catch {
            await engine.shutDown(within: .zero)
            throw error
        }
        await engine.shutDown(within: .zero)
    }

    private func loaded(_ dispatcher: Dispatcher, _ lane: LaneID) async -> Int? {
        await dispatcher.lanes[lane]?.feed.mail.loaded
    }

    @Test(arguments: FlakyStores.Stumble.allCases)
    func `a page whose read stumbles is loaded a while later`(stumble: FlakyStores.Stumble) async throws {
        try await withWorkshop(folder) { workshop in
            try await withDispatcher(workshop) { stores, dispatcher in
                try await workshop.register("u-1")
                try await workshop.accept(["u-1"])
                try await workshop.expander.work()
                stores.stumble(stumble, at: "result.slots")
                await dispatcher.add(try workshop.reader.openPages())
                #expect(stores.hasStumbled)
                #expect(await loaded(dispatcher, workshop.lane) == 0)
                await dispatcher.tick()
                #expect(await loaded(dispatcher, workshop.lane) == 0)
                workshop.clock.advance(.milliseconds(LoadPlan.readAgainMilliseconds))
                await dispatcher.tick()
                #expect(await loaded(dispatcher, workshop.lane) == 1)
            }
        }
    }

    /// A delivery that was refused for a while, and whose time has come.
    private func deferred(_ workshop: Workshop) async throws {
        try await workshop.register("u-1")
        try await workshop.accept(["u-1"])
        try await workshop.expander.work()
        let page = try #require(try workshop.reader.openPages().first).page
        let outcome = Outcome(
            page: page,
            slot: 0,
            result: SlotResult(.deferred, reason: .laneClosed),
            retryAt: workshop.clock.now + .seconds(5),
            attempts: 1
        )
        try await workshop.queue.record([outcome], now: workshop.clock.now)
        workshop.clock.advance(.seconds(6))
    }

    @Test(arguments: FlakyStores.Stumble.allCases)
    func `retries whose rows cannot be listed are listed with the next tick`(stumble: FlakyStores.Stumble) async throws
    {
        try await withWorkshop(folder) { workshop in
            try await deferred(workshop)
            try await withDispatcher(workshop) { stores, dispatcher in
                stores.stumble(stumble, at: "FROM retry")
                await dispatcher.tick()
                #expect(stores.hasStumbled)
                await dispatcher.tick()
                #expect(await loaded(dispatcher, workshop.lane) == 1)
            }
        }
    }

    @Test(arguments: FlakyStores.Stumble.allCases)
    func `retries whose page cannot be read are given back and read a while later`(stumble: FlakyStores.Stumble)
        async throws
    {
        try await withWorkshop(folder) { workshop in
            try await deferred(workshop)
            try await withDispatcher(workshop) { stores, dispatcher in
                stores.stumble(stumble, at: "result.slots")
                await dispatcher.tick()
                #expect(stores.hasStumbled)
                #expect(await loaded(dispatcher, workshop.lane) == 0)
                workshop.clock.advance(.milliseconds(LoadPlan.readAgainMilliseconds))
                await dispatcher.tick()
                await dispatcher.tick()
                #expect(await loaded(dispatcher, workshop.lane) == 1)
            }
        }
    }

    @Test(
        arguments: FlakyStores.Stumble.allCases,
        ["FROM event WHERE state IN", "LEFT JOIN content", "FROM device", "FROM account"]
    )
    func `a due event whose read stumbles is expanded with the next look`(
        stumble: FlakyStores.Stumble,
        part: String
    ) async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let events = [try await workshop.accept(["u-1"]), try await workshop.accept(["u-1"])]
            let stores = FlakyStores(folder: workshop.folder)
            let expander = try Expander(
                queue: workshop.queue,
                dispatcher: workshop.dispatcher,
                stores: stores,
                lanes: SharedLaneTable(workshop.lanes),
                activeByDefault: true,
                deviceAgeMax: .seconds(400 * 86_400),
                publisherSchools: { _ in nil },
                limits: Limits(),
                time: workshop.clock.source,
                logger: Workshop.logger
            )
            stores.stumble(stumble, at: part)
            await #expect(throws: StoreError.self) { try await expander.work() }
            #expect(stores.hasStumbled)
            try await expander.work()
            for event in events { #expect(try workshop.results(of: event) == [.pending]) }
            #expect(workshop.queue.unreadable.first(9).isEmpty)
        }
    }
}
