package import Domain
package import FanOut
package import Logging
package import Providers
package import Store
import Synchronization
import Telemetry

/// Hands pages to the lanes in the scheduler's order and looks after the lanes: credentials, pauses, retries that are due.
///
/// A mailbox on a thread of its own; deliveries in flight never pass through it. Memory is authoritative after start: a page that was
/// started is not read again from the store, so a read that is older than a commit can never send a delivery twice.
package actor Dispatcher {
    struct Lane {
        var definition: LaneDefinition
        var id: LaneID
        var engineLane: EngineLane
        var feed: LaneFeed
        var wire: any Wire
        /// Of a push service without HTTP/2; nil: the engine sends.
        var ordinary: OrdinarySender?
        /// When an operator's pause ends by itself.
        var pausedUntil: Instant?
        var noted = ""
        /// Since when it is as it is.
        var since: LaneSince
        /// What waited when it was opened was read up to here; it may be handed over once more.
        var readUpTo = PageID(rawValue: 0)
    }

    enum Signal: Sendable {
        /// Of this lane of the engine: one that was closed may have a follower of the same id.
        case lane(LaneID, EngineLane, LaneSignal)
        case recorded(retries: [DeliveryID], faults: [TargetFault])
        case sealed(LaneID)
        case unread(LoadPlan.Source, LaneID, StoreError)
        case tick
    }

    private let executor = ThreadExecutor("dispatcher")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let queue: QueueStore
    let registry: Registry
    nonisolated let engine: FanOutEngine
    let limits: Limits
    let time: TimeSource
    nonisolated let metrics: DispatchMetrics
    let logger: Logger
    let reader: QueueReader
    var loader: DeliveryLoader
    /// Browsers' messages are encrypted on a thread of their own.
    let sealer: Sealer
    let services: ServiceLanes?
    var plan = LoadPlan()
    var lanes: [LaneID: Lane] = [:]
    /// The lanes as the expander and the registrations look them up.
    package nonisolated let table: SharedLaneTable
    var slots = ServiceSlots()
    /// Lanes that got a page after they were closed.
    var strays: Set<LaneID> = []
    /// When it is looked again which push services are needed (monotonic milliseconds).
    var servicesTendedAgain = Int64.min
    /// False: what waits is read when ``run()`` begins.
    private var isRestored = false
    private var hosts: [String: SharedHost] = [:]
    /// Of the operator, about deliveries (`Dispatcher+Orders`).
    var orders = OrderBook()
    var testsGiven = 0
    var frozen: [String: Instant]
    /// When a push service without a lane may be named in the log again (monotonic milliseconds).
    var refusalSaidAgain = Int64.min
    let recorder: Recorder
    /// Between two looks at what time alone brings: retries that are due, probes, pauses that end; longer while no lane has anything.
    private static let tick = Duration.milliseconds(250)
    private static let idleTick = Duration.seconds(1)
    /// As the last look was.
    nonisolated let isIdle = Atomic(false)
    private let signals: AsyncStream<Signal>
    nonisolated let signal: AsyncStream<Signal>.Continuation

    package init(
        queue: QueueStore,
        registry: Registry,
        engine: FanOutEngine,
        stores: any Stores,
        services: ServiceLanes? = nil,
        kinds: Current<PublicationCatalogue> = Current(PublicationCatalogue()),
        messages: Current<MessageCatalogue> = Current(MessageCatalogue()),
        rules: Current<DeliveryRules> = Current(.none),
        limits: Limits,
        time: TimeSource,
        metrics: DispatchMetrics,
        logger: Logger
    ) throws {
        self.queue = queue
        self.services = services
        table = SharedLaneTable(LaneTable(opening: services?.providers ?? []))
        self.registry = registry
        self.engine = engine
        self.limits = limits
        self.time = time
        self.metrics = metrics
        self.logger = logger
        reader = try stores.queueReader()
        let openLoader: @Sendable () throws -> sending DeliveryLoader = { [seal = registry.seal] in
            DeliveryLoader(
                queue: try stores.queueReader(),
                registry: try stores.registryReader(seal: seal),
                installationKey: queue.installationKey,
                kinds: kinds,
                messages: messages,
                rules: rules,
                limits: limits,
                time: time
            )
        }
        loader = try openLoader()
        sealer = try Sealer(openLoader)
        frozen = try loader.registry.frozenLanes()
        let (signals, signal) = AsyncStream.makeStream(of: Signal.self)
        self.signals = signals
        self.signal = signal
        recorder = Recorder(queue: queue, time: time) { event in
            switch event {
            case .refused(let error):
                logger.error("outcomes cannot be recorded, lanes stop", metadata: ["error": "\(error)"])
            case .recorded(let batch, let held):
                for page in held {
                    logger.error("page is damaged and held", metadata: ["page": "\(page.rawValue)"])
                }
                let retries = batch.outcomes.filter(\.isRetry).map { DeliveryID(page: $0.page, slot: $0.slot) }
                guard !retries.isEmpty || !batch.faults.isEmpty else { return }
                signal.yield(.recorded(retries: retries, faults: batch.faults))
            }
        }
    }

    // MARK: - Lanes

    /// Adds a lane of the configuration; before ``run()`` or at a reload.
    package func add(_ definition: LaneDefinition) async throws {
        let stored = try await queue.lane(named: definition.name, provider: definition.key.provider, now: time.now())
        let id = stored.id
        // Another has added it while this one waited for the store.
        guard lanes[id] == nil else { return }
        let wire = try wire(of: definition)
        let engineLane = EngineLane(
            Self.nextEngineLane.withLock { next in
                next += 1
                return next
            }
        )
        let feed = LaneFeed(
            definition.rules(limits),
            wire: wire,
            host: host(of: definition.engine),
            time: time,
            recorder: recorder,
            metrics: LaneMetrics(metrics, lane: definition.name)
        ) { [signal] in signal.yield(.lane(id, engineLane, $0)) }
        switch stored.mode {
        case .active: break
        case .paused: feed.mail.order(.rule(.pause(stored.why ?? "", draining: false)))
        case .draining: feed.mail.order(.rule(.pause(stored.why ?? "", draining: true)))
        }
        if frozen[definition.name] != nil { feed.mail.order(.rule(.freeze)) }
        let encrypts = definition.provider.encryptsEachMessage
        plan.add(
            id,
            most: encrypts ? Limits.deliveriesPerPage : limits.deliveriesLoadedPerLane,
            isOneAtATime: encrypts,
            virtualTime: stored.virtualTime
        )
        try engine.add(engineLane, definition.engine, feed: feed)
        lanes[id] = Lane(
            definition: definition,
            id: id,
            engineLane: engineLane,
            feed: feed,
            wire: wire,
            pausedUntil: stored.mode == .paused ? stored.until : nil,
            since: stored.since(now: time.now())
        )
        if isRestored { restore(try reader.openPages(on: id), on: id) }
        publishTable()
    }

    /// One health for all lanes of a host.
    private func host(of engine: LaneConfiguration) -> SharedHost {
        let name = "\(engine.host):\(engine.port)"
        if let known = hosts[name] { return known }
        let host = SharedHost()
        hosts[name] = host
        return host
    }

    func dropHost(of engine: LaneConfiguration) {
        let name = "\(engine.host):\(engine.port)"
        guard !lanes.values.contains(where: { "\($0.definition.engine.host):\($0.definition.engine.port)" == name })
        else {
            return
        }
        hosts[name] = nil
    }

    func publishTable() {
        var table = LaneTable(opening: services?.providers ?? [])
        for lane in lanes.values { table.add(lane.id, name: lane.definition.name, for: lane.definition.key) }
        self.table.replace(table)
    }

    private static let nextEngineLane = Mutex(0)

    func give(_ order: LaneOrder, to id: LaneID) {
        guard let lane = lanes[id] else { return }
        lane.feed.mail.order(.rule(order))
        wake(lane)
    }

    nonisolated func wake(_ lane: Lane) {
        if let ordinary = lane.ordinary { ordinary.wake() } else { engine.wake(lane.engineLane) }
    }

    // MARK: - Work

    /// Tags for new pages, in order: start-time fair queueing among schools and urgencies.
    package func tags(for pages: [(flow: Scheduler.Flow, count: Int)]) -> [Int64] {
        for lane in Set(pages.map(\.flow.lane)) { noteStarted(lane) }
        return pages.map { plan.tag($0.flow, count: $0.count) }
    }

    func noteStarted(_ id: LaneID) {
        guard let mail = lanes[id]?.feed.mail else { return }
        plan.started(id, tag: mail.condition.startedTag, loaded: mail.loaded)
    }

    /// New pages, committed; they may be sent from now on. Of a lane that has been closed since they were cut they are read when it is opened.
    package func add(_ pages: [Scheduler.Entry]) {
        guard isRestored else { return }
        for page in pages {
            guard let lane = lanes[page.lane] else {
                if page.lane != .nowhere { strays.insert(page.lane) }
                continue
            }
            if page.page > lane.readUpTo { plan.add(page) }
        }
        for lane in Set(pages.map(\.lane)) { fill(lane) }
    }

    /// Hands changed devices to the lanes; nothing begins for the former owner of a phone once this has returned.
    package func devicesChanged(_ devices: [DeviceID]) {
        let now = time.monotonic()
        for lane in lanes.values { lane.feed.mail.devicesChanged(devices, at: now) }
    }

    /// Runs until cancelled or shut down.
    package func run() async throws {
        registry.deviceChanges.observe { [weak self] devices in await self?.devicesChanged(devices) }
        try restore()
        for lane in lanes.keys { fill(lane) }
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while !Task.isCancelled {
                    signal.yield(.tick)
                    let pause = isIdle.load(ordering: .relaxed) ? Self.idleTick : Self.tick
                    do { try await sleepToNext(pause) } catch { return }
                }
            }
            group.addTask { [sealer] in await sealer.run() }
            for await signal in signals {
                switch signal {
                case .tick:
                    tick()
                    await endPauses()
                    await tendServices()
                case .sealed(let id):
                    plan.cameBack(id)
                    fill(id)
                case .unread(let source, let id, let error): unread(source, of: id, error)
                case .recorded(let retries, let faults): recorded(retries, faults, &group)
                case .lane(let id, let engineLane, let signal):
                    if lanes[id]?.engineLane == engineLane { handle(signal, of: id, &group) }
                }
                if Task.isCancelled { break }
            }
            sealer.stop()
            for lane in lanes.values { lane.ordinary?.stop() }
            group.cancelAll()
        }
    }

    /// After the engine has stopped: waits until its last outcomes are on the disk, at most five seconds (a full disk keeps them; they
    /// are sent again after the next start, with the same collapse identifier).
    package func settle() async {
        recorder.retry()
        for _ in 0..<250 where !recorder.isIdle {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
        }
    }

    /// True while the store refuses outcomes.
    package nonisolated var isBlocked: Bool { recorder.isRefused }

    /// Ends ``run()``. What is loaded stays pending in the store.
    package nonisolated func stop() { signal.finish() }

    /// Reads what waits for the lanes; once, before anything is handed over.
    func restore() throws {
        do {
            for (lane, entries) in Dictionary(grouping: try reader.openPages(), by: \.lane) {
                restore(entries, on: lane)
            }
        } catch { throw StoreError(error) }
        isRestored = true
    }

    /// What waits for a lane; of one that is not open it stays on the disk.
    private func restore(_ entries: [Scheduler.Entry], on lane: LaneID) {
        guard lanes[lane] != nil else { return }
        for entry in entries { plan.add(entry) }
        lanes[lane]?.readUpTo = entries.map(\.page).max() ?? PageID(rawValue: 0)
    }

    private func handle(_ signal: LaneSignal, of id: LaneID, _ group: inout DiscardingTaskGroup) {
        guard let lane = lanes[id] else { return }
        switch signal {
        case .wantsDeliveries: fill(id)
        case .stale(let batch): lookUp(batch, on: id)
        case .needsOrdinaryClient: useOrdinaryClient(lane, &group)
        case .removalsFrozen(let since): freeze(lane, since: since, &group)
        case .conditionChanged: look(at: id)
        case .needsCredential(let rejected):
            let (feed, wire, engine, engineLane, time) = (lane.feed, lane.wire, engine, lane.engineLane, time)
            group.addTask {
                let failure = await wire.refresh(rejected: rejected, at: time.now())
                feed.mail.order(.rule(failure.map { .credentialFailed($0) } ?? .credentialRenewed))
                engine.wake(engineLane)
            }
        }
    }

    private func recorded(
        _ retries: [DeliveryID],
        _ faults: [TargetFault],
        _ group: inout DiscardingTaskGroup
    ) {
        plan.recorded(retries)
        guard !faults.isEmpty else { return }
        for fault in faults where !fault.isHeld && !fault.isProof {
            metrics.tokensDisabled.with(fault.lane, fault.reason).add()
        }
        group.addTask { [registry, logger, time] in
            do {
                _ = try await registry.apply(faults, now: time.now())
            } catch {
                // The next answer to the same target proves the same again; nothing is lost but time.
                logger.error("device faults not stored", metadata: ["error": "\(error)", "count": "\(faults.count)"])
            }
        }
    }
}
