package import Domain
package import FanOut
package import Logging
import Providers
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
        var form: MessageForm
        /// Of a push service without HTTP/2; nil: the engine sends.
        var ordinary: OrdinarySender?
        /// A page of it is being encrypted; the next waits for it.
        var isSealing = false
        /// Retries handed to the feed whose outcome is not on the disk yet.
        var claimedRetries: Set<DeliveryID> = []
        var noted = ""
    }

    enum Signal: Sendable {
        case lane(LaneID, LaneFeed.Signal)
        case recorded(retries: [DeliveryID], faults: [TargetFault])
        case sealed(LaneID)
        case tick
    }

    /// Retries may take a fifth of what is loaded, so that a storm of them never starves fresh work.
    private static let retryShare = 5

    private let executor = ThreadExecutor()
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let queue: QueueStore
    private let registry: Registry
    nonisolated let engine: FanOutEngine
    private let limits: Limits
    let time: TimeSource
    private let metrics: PipelineMetrics
    let logger: Logger
    let reader: QueueReader
    var loader: DeliveryLoader
    /// Browsers' messages are encrypted on a thread of their own.
    let sealer: WebPushSealer
    let webPush: WebPushSetup?
    private var scheduler = Scheduler()
    var lanes: [LaneID: Lane] = [:]
    private var hosts: [String: HostHealth] = [:]
    /// The last order that was given a number, and the last whose fate is known (`Dispatcher+Orders`).
    var ordersGiven = 0
    var ordersConcluded = 0
    var barred: Set<DeliveryID> = []
    private var frozen: [String: Instant]
    let recorder: Recorder
    private let signals: AsyncStream<Signal>
    private nonisolated let signal: AsyncStream<Signal>.Continuation

    /// `openReaders`: makes the two readers this thread uses.
    package init(
        queue: QueueStore,
        registry: Registry,
        engine: FanOutEngine,
        folder: String,
        webPush: WebPushSetup? = nil,
        limits: Limits,
        time: TimeSource,
        metrics: PipelineMetrics,
        logger: Logger
    ) throws {
        self.queue = queue
        self.webPush = webPush
        self.registry = registry
        self.engine = engine
        self.limits = limits
        self.time = time
        self.metrics = metrics
        self.logger = logger
        reader = try QueueReader(folder: folder)
        let openLoader: @Sendable () throws -> sending DeliveryLoader = { [seal = registry.seal] in
            DeliveryLoader(
                queue: try QueueReader(folder: folder),
                registry: try RegistryReader(folder: folder, seal: seal),
                installationKey: queue.installationKey,
                limits: limits,
                base: webPush?.base
            )
        }
        loader = try openLoader()
        sealer = try WebPushSealer(openLoader)
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
        let wire = try wire(of: definition)
        let feed = LaneFeed(
            wire: wire,
            policy: RetryPolicy(attemptsMax: limits.attemptsMax),
            time: time,
            recorder: recorder,
            metrics: LaneMetrics(metrics, lane: definition.name),
            lowWater: limits.deliveriesLoadedPerLane / 2,
            bounds: definition.bounds,
            host: host(of: definition.engine)
        ) { [signal] in signal.yield(.lane(id, $0)) }
        let engineLane = EngineLane(
            Self.nextEngineLane.withLock { next in
                next += 1
                return next
            }
        )
        switch stored.mode {
        case .active: break
        case .paused: feed.order(.pause(stored.why ?? "", draining: false))
        case .draining: feed.order(.pause(stored.why ?? "", draining: true))
        }
        if frozen[definition.name] != nil { feed.order(.freeze) }
        scheduler.restore(virtualTime: stored.virtualTime, of: id)
        try engine.add(engineLane, definition.engine, feed: feed)
        lanes[id] = Lane(
            definition: definition,
            id: id,
            engineLane: engineLane,
            feed: feed,
            form: definition.form
        )
    }

    /// One health for all lanes of a host.
    private func host(of engine: LaneConfiguration) -> HostHealth {
        let name = "\(engine.host):\(engine.port)"
        if let known = hosts[name] { return known }
        let host = HostHealth(name: name)
        hosts[name] = host
        return host
    }

    private static let nextEngineLane = Mutex(0)

    /// Puts a reloaded credential into use: the lane keeps its deliveries and its place, connections are replaced as they finish. A lane
    /// that is new in the configuration is added.
    ///
    /// - Returns: false when the endpoint, the proxy or a bound is another: that needs a restart.
    package func reload(_ definition: LaneDefinition) async throws -> Bool {
        guard let lane = lanes.values.first(where: { $0.definition.name == definition.name }) else {
            try await add(definition)
            return true
        }
        lanes[lane.id]?.definition = definition
        give(.use(try wire(of: definition)), to: lane.id)
        engine.retireConnections(of: lane.engineLane)
        let (old, new) = (lane.definition, definition)
        return old.key == new.key && old.bounds == new.bounds && old.engine.host == new.engine.host
            && old.engine.port == new.engine.port && old.engine.proxy == new.engine.proxy
    }

    private func wire(of definition: LaneDefinition) throws -> LaneProtocol {
        switch definition.credential {
        case .fcm(let projectID, let tokens): return .fcm(FCMLane(projectID: projectID, tokens: tokens))
        case .webpush(let credential, let endpoint):
            return .webpush(WebPushLane(credential: credential, endpoint: endpoint))
        case .apns(let credential, let topic, _):
            let name = "providerToken." + definition.name
            let known = try reader.meta(name).flatMap(ProviderToken.init(stored:))
            return .apns(
                APNsLane(credential: credential, topic: topic, stored: known) { [queue] token in
                    queue.remember(name, token.stored)
                }
            )
        }
    }

    package func statuses() -> [LaneStatus] {
        let now = time.now()
        let monotonic = time.monotonic()
        return lanes.values.sorted { $0.definition.name < $1.definition.name }.map { lane in
            let status = lane.feed.status
            let snapshot = engine.snapshot(of: lane.engineLane)
            return LaneStatus(
                id: lane.id,
                name: lane.definition.name,
                provider: lane.definition.key.provider,
                state: status.state,
                reason: status.reason,
                until: status.wakeAt.map { now + .milliseconds(max(0, $0 - monotonic)) },
                window: min(status.window, snapshot?.streamsWindow ?? 0),
                inFlight: status.inFlight,
                connections: snapshot?.connectionsReady ?? 0,
                lastError: status.lastError ?? snapshot?.lastError,
                // The lane itself learns of a freeze from before a restart with its next delivery only.
                isFrozen: frozen[lane.definition.name] != nil
            )
        }
    }

    /// An operator's order; on the disk and in force when this returns.
    package func pause(_ lane: LaneID, actor: String, why: String, draining: Bool = false) async throws(StoreError) {
        try await queue.setMode(draining ? .draining : .paused, of: lane, actor: actor, why: why, now: time.now())
        give(.pause(why, draining: draining), to: lane)
    }

    /// Ends a pause as well as an open breaker, and probes at once.
    package func resume(_ lane: LaneID, actor: String, why: String) async throws(StoreError) {
        try await queue.setMode(.active, of: lane, actor: actor, why: why, now: time.now())
        give(.resume, to: lane)
    }

    func give(_ order: LaneFeed.Order, to id: LaneID) {
        guard let lane = lanes[id] else { return }
        lane.feed.order(order)
        wake(lane)
    }

    nonisolated func wake(_ lane: Lane) {
        if let ordinary = lane.ordinary { ordinary.wake() } else { engine.wake(lane.engineLane) }
    }

    // MARK: - Work

    /// Tags for new pages, in order: start-time fair queueing among schools and urgencies.
    package func tags(for pages: [(flow: Scheduler.Flow, count: Int)]) -> [Int64] {
        pages.map { scheduler.tag($0.flow, count: $0.count) }
    }

    /// New pages, committed; they may be sent from now on.
    package func add(_ pages: [Scheduler.Entry]) {
        for page in pages { scheduler.add(page) }
        for lane in Set(pages.map(\.lane)) { fill(lane) }
    }

    /// Runs until cancelled or shut down.
    package func run() async throws {
        try restore()
        for lane in lanes.keys { fill(lane) }
        await withDiscardingTaskGroup { group in
            group.addTask { [signal] in
                while !Task.isCancelled {
                    signal.yield(.tick)
                    do { try await Task.sleep(for: .milliseconds(250)) } catch { return }
                }
            }
            group.addTask { [sealer] in await sealer.run() }
            for await signal in signals {
                switch signal {
                case .tick: tick()
                case .sealed(let id):
                    lanes[id]?.isSealing = false
                    fill(id)
                case .recorded(let retries, let faults): recorded(retries, faults, &group)
                case .lane(let id, let signal): handle(signal, of: id, &group)
                }
                if Task.isCancelled { break }
            }
            sealer.stop()
            for lane in lanes.values { lane.ordinary?.stop() }
            group.cancelAll()
        }
    }

    /// The lanes as the resolver and the registrations look them up.
    package func laneTable() -> LaneTable {
        var table = LaneTable()
        for lane in lanes.values { table.add(lane.id, name: lane.definition.name, for: lane.definition.key) }
        return table
    }

    /// After the engine has stopped: waits until its last outcomes are on the disk, at most five seconds (a full disk keeps them; they
    /// are sent again after the next start, with the same collapse identifier).
    package func settle() async {
        recorder.retry()
        for _ in 0..<250 where !recorder.isIdle {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
        }
    }

    /// Ends ``run()``. What is loaded stays pending in the store.
    package nonisolated func stop() { signal.finish() }

    private func restore() throws {
        do {
            for entry in try reader.openPages() { scheduler.add(entry) }
        } catch { throw StoreError(error) }
    }

    private func handle(_ signal: LaneFeed.Signal, of id: LaneID, _ group: inout DiscardingTaskGroup) {
        guard let lane = lanes[id] else { return }
        switch signal {
        case .wantsDeliveries: fill(id)
        case .stale(let batch):
            deliver(id, tag: batch.tag, generation: batch.generation) { try $0.reload(batch, now: $1) }
        case .needsOrdinaryClient: useOrdinaryClient(lane, &group)
        case .removalsFrozen: freeze(lane, &group)
        case .conditionChanged:
            let status = lane.feed.status
            logger.log(
                level: status.isActive ? .notice : .warning,
                "lane changed",
                metadata: ["lane": "\(lane.definition.name)", "state": "\(status.state)", "reason": "\(status.reason)"]
            )
        case .needsCredential(let rejected):
            guard case .fcm(_, let tokens) = lane.definition.credential else { return }
            let (feed, engine, engineLane, time) = (lane.feed, engine, lane.engineLane, time)
            group.addTask {
                let refresh =
                    if let rejected { await tokens.replace(rejected: rejected, at: time.now()) } else {
                        await tokens.refresh(at: time.now())
                    }
                switch refresh {
                case .current, .renewed, .kept: feed.order(.credentialRenewed)
                case .failed(let failure): feed.order(.credentialFailed(failure.classification))
                }
                engine.wake(engineLane)
            }
        }
    }

    /// The mass guard tripped: what this lane changed in the guard's span is undone and held for a person.
    private func freeze(_ lane: Lane, _ group: inout DiscardingTaskGroup) {
        let name = lane.definition.name
        let now = time.now()
        frozen[name] = now
        group.addTask { [registry, logger] in
            do {
                let restored = try await registry.freeze(
                    lane: name,
                    since: now - .milliseconds(MassGuard.spanMilliseconds),
                    now: now
                )
                logger.error(
                    "too many targets are called bad: removals are frozen, look at the lane's credential, topic and environment",
                    metadata: ["lane": "\(name)", "restored": "\(restored)"]
                )
            } catch {
                logger.error("removals not frozen", metadata: ["lane": "\(name)", "error": "\(error)"])
            }
        }
    }

    /// An operator has looked at what the mass guard held: it is applied, or forgotten. nil: the lane is not frozen.
    package func thaw(_ id: LaneID, applying: Bool, actor: String, why: String) async throws(StoreError) -> (
        held: Int, changed: Int
    )? {
        guard let lane = lanes[id], lane.feed.status.isFrozen || frozen[lane.definition.name] != nil else { return nil }
        let name = lane.definition.name
        let result = try await registry.thaw(lane: name, applying: applying, now: time.now())
        let order = InstantOrder(
            actor: actor,
            verb: applying ? "lane.removalsApplied" : "lane.removalsDiscarded",
            filter: "lane=\(id.rawValue)",
            why: why,
            changed: result.changed
        )
        try await queue.keep(order, now: time.now())
        frozen[name] = nil
        give(.thaw, to: id)
        logger.notice(
            "removals thawed",
            metadata: [
                "lane": "\(name)", "actor": "\(actor)", "why": "\(why)", "applied": "\(applying)",
                "held": "\(result.held)",
                "changed": "\(result.changed)",
            ]
        )
        return result
    }

    private func recorded(
        _ retries: [DeliveryID],
        _ faults: [TargetFault],
        _ group: inout DiscardingTaskGroup
    ) {
        for id in lanes.keys { lanes[id]?.claimedRetries.subtract(retries) }
        guard !faults.isEmpty else { return }
        for fault in faults where !fault.isHeld { metrics.tokensDisabled.with(fault.lane, fault.reason).add() }
        group.addTask { [registry, logger, time] in
            do {
                _ = try await registry.apply(faults, now: time.now())
            } catch {
                // The next answer to the same target proves the same again; nothing is lost but time.
                logger.error("device faults not stored", metadata: ["error": "\(error)", "count": "\(faults.count)"])
            }
        }
    }

    private func tick() {
        recorder.retry()
        let now = time.monotonic()
        for (id, lane) in lanes {
            fill(id)
            let status = lane.feed.status
            if lane.feed.loaded > 0 || status.wakeAt.map({ $0 <= now }) ?? false { wake(lane) }
            note(status, of: id)
        }
    }

    /// Loads until enough waits in the feed: retries that are due first, up to their share, then pages in order.
    private func fill(_ id: LaneID) {
        guard let lane = lanes[id] else { return }
        let most = lane.isWebPush ? Limits.deliveriesPerPage : limits.deliveriesLoadedPerLane
        guard lane.feed.loaded < most / 2 || scheduler.hasUrgent(on: id), !lane.isSealing else { return }
        // A closed lane gets no more than it needs to probe; a paused one nothing.
        let status = lane.feed.status
        guard status.isActive || (status.isSendingAllowed && lane.feed.loaded == 0) else { return }
        loadRetries(id, most: most / Self.retryShare)
        guard lanes[id]?.isSealing == false else { return }
        // Urgent pages do not wait for room, within bounds.
        while lane.feed.loaded < (scheduler.hasUrgent(on: id) ? 2 * most : most), let entry = scheduler.next(on: id) {
            deliver(id, tag: entry.tag, isUrgent: entry.isUrgent) { try $0.load(entry.page, form: lane.form, now: $1) }
            if !status.isActive || lane.isWebPush { break }
        }
    }

    private func loadRetries(_ id: LaneID, most: Int) {
        guard let lane = lanes[id], lane.claimedRetries.count < most else { return }
        do {
            // Rows already handed over are still there until their outcome is committed.
            let due = try reader.dueRetries(on: id, now: time.now(), limit: most)
                .filter { !lane.claimedRetries.contains($0.delivery) }
            guard !due.isEmpty else { return }
            lanes[id]?.claimedRetries.formUnion(due.map(\.delivery))
            deliver(id, tag: scheduler.virtualTime(of: id)) { try $0.load(due, form: lane.form, now: $1) }
        } catch {
            logger.error("retries cannot be read", metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"])
        }
    }

    /// Loads, ends what cannot be sent, and hands the rest to the lane. A push service's page is loaded by the sealer, and the next one
    /// when this has come back.
    private func deliver(
        _ id: LaneID,
        tag: Int64? = nil,
        generation: Int? = nil,
        isUrgent: Bool = false,
        _ load: @escaping @Sendable (inout DeliveryLoader, _ now: Int64) throws -> DeliveryLoader.Loaded
    ) {
        guard let lane = lanes[id] else { return }
        let now = time.monotonic()
        let tag = tag ?? scheduler.virtualTime(of: id)
        let generation = generation ?? ordersConcluded
        guard lane.isWebPush else {
            let result = Result { try load(&loader, now) }
            return handOver(result, to: lane, tag: tag, isUrgent: isUrgent, loadedAt: now, generation)
        }
        lanes[id]?.isSealing = true
        sealer.submit(
            .init(load: { try load(&$0, now) }) { [self, signal] result in
                handOver(result, to: lane, tag: tag, isUrgent: isUrgent, loadedAt: now, generation)
                signal.yield(.sealed(id))
            }
        )
    }

    private nonisolated func handOver(
        _ result: Result<DeliveryLoader.Loaded, any Error>,
        to lane: Lane,
        tag: Int64,
        isUrgent: Bool,
        loadedAt: Int64,
        _ generation: Int
    ) {
        do {
            let loaded = try result.get()
            if !loaded.ended.isEmpty { recorder.take(.init(outcomes: loaded.ended)) }
            guard !loaded.deliveries.isEmpty else { return }
            lane.feed.add(
                LoadedBatch(
                    tag: tag,
                    isUrgent: isUrgent,
                    deliveries: loaded.deliveries,
                    loadedAt: loadedAt,
                    generation: generation
                )
            )
            wake(lane)
        } catch {
            // The page stays open in the store and is taken up again at the next start; doctor names it.
            logger.error("page cannot be loaded", metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"])
        }
    }

    /// Keeps a lane's condition for readers beside a dead service; only when it changed.
    private func note(_ status: LaneFeed.Status, of id: LaneID) {
        let text = status.state + " " + status.reason
        guard let lane = lanes[id], lane.noted != text else { return }
        lanes[id]?.noted = text
        queue.note(condition: status.state, reason: status.reason, virtualTime: scheduler.virtualTime(of: id), of: id)
    }
}

extension ProviderToken {
    /// As kept between starts: key id, issue time and token, separated by line breaks.
    fileprivate var stored: [UInt8] { Array("\(keyID)\n\(issuedAtSeconds)\n\(value)".utf8) }

    fileprivate init?(stored: [UInt8]) {
        let parts = String(decoding: stored, as: UTF8.self).split(separator: "\n")
        guard parts.count == 3, let issued = Int64(parts[1]) else { return nil }
        self.init(keyID: String(parts[0]), value: String(parts[2]), issuedAtSeconds: issued)
    }
}
