import API
import Delivery
import Domain
import Glibc
import Logging
import Pipeline
import Settings
import Store

/// The admin routes over the stores themselves, while no service runs: what is ordered takes the same way as over the socket.
struct OfflineAdmin {
    /// Nobody else waits: the lock is ours until an order is over.
    private static let patience = Duration.seconds(86_400)

    let stores: OfflineStores
    /// Also bulk orders: their runner goes on with what an earlier process left.
    let isBulk: Bool

    /// - Parameters:
    ///   - held: what is said when process `pid` has the lock.
    ///   - body: gives the orders; the stores are closed after it.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` threw; ``OperatorError`` when a store cannot be opened.
    func run<T>(held: (_ pid: String) -> OperatorError, _ body: (any AdminChannel) async throws -> T) async throws
        -> T
    {
        try await stores.run(held: held) { queue, registry in
            let services = try services(queue, registry)
            let channel = Channel(router: InProcessAdmin(services))
            guard isBulk else { return try await body(channel) }
            let runner = Task { await services.orders.run() }
            func end() async {
                services.orders.stop()
                await runner.value
            }
            return try await withCleanup(end) { try await body(channel) }
        }
    }

    private func services(_ queue: QueueStore, _ registry: Registry) throws -> AdminServices {
        let settings = stores.settings
        let time = OperatorContext.current.time
        let work = settings.data + "/work"
        guard mkdir(work, 0o700) == 0 || errno == EEXIST else {
            throw OperatorError(.store, say("the folder \(work) cannot be made"), why: systemText())
        }
        do {
            let reader = try Reading { [files = stores.stores] in try files.queueReader() }
            let registryReader = try Reading { [files = stores.stores] in try files.registryReader(seal: nil) }
            var services = AdminServices(
                queue: queue,
                queueReader: reader,
                registry: registry,
                registryReader: registryReader,
                importer: DirectoryImporter(
                    registry: registry,
                    queue: queue,
                    workFolder: work,
                    heldFolder: settings.data + "/held",
                    feeds: FeedRules(settings.feeds.map { .init(name: $0.name, publisher: $0.publisher) }),
                    limits: settings.limits,
                    time: time
                ),
                orders: try OrderRunner(
                    queue: queue,
                    stores: stores.stores,
                    lanes: .none,
                    time: time,
                    logger: Logger(label: "orders", factory: { _ in SwiftLogNoOpLogHandler() })
                ),
                lanes: StoredLanes(
                    queue: queue,
                    reader: reader,
                    registry: registry,
                    registryReader: registryReader,
                    time: time
                ),
                limits: settings.limits,
                time: time,
                workFolder: work,
                build: .init(version: "", processID: getpid(), startedAt: time.now(), epoch: queue.epoch)
            )
            services.orderPatience = Self.patience
            services.looks = Reading { [data = settings.data] in LookLog(data: data) }
            return services
        } catch { throw OperatorError.store(error, in: settings.data) }
    }

    private struct Channel: AdminChannel {
        let router: InProcessAdmin

        func send(_ request: AdminRequest) async throws -> AdminAnswer {
            let body: InProcessAdmin.Body
            switch request.body {
            case .bytes(let bytes): body = .bytes(bytes)
            case .file(let path):
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else {
                    throw OperatorError(.failed, say("\(path) cannot be read"), why: systemText())
                }
                body = .file(descriptor: descriptor)
            }
            let answer = await router.answer(request.method, request.target, contentType: request.contentType, body)
            if case .file(let descriptor) = body { close(descriptor) }
            return AdminAnswer(status: answer.status, body: answer.body)
        }
    }
}

/// The lanes as the store keeps them: an order about one is in force from the next start on.
struct StoredLanes: LaneControl {
    let queue: QueueStore
    let reader: Reading<QueueReader>
    let registry: Registry
    let registryReader: Reading<RegistryReader>
    let time: TimeSource

    func statuses() async throws(StoreError) -> [LaneStatus] {
        let (lanes, frozen) = (try await reader.read { try $0.lanes() }, try await frozenLanes())
        return lanes.compactMap { lane in
            guard let provider = lane.provider else { return nil }
            return LaneStatus(
                id: lane.id,
                name: lane.name,
                provider: provider,
                state: lane.word,
                reason: lane.reasonText ?? "",
                until: lane.mode == .paused ? lane.until : nil,
                isFrozen: frozen.contains(lane.name),
                since: lane.changedAt.milliseconds > 0 ? lane.changedAt : nil
            )
        }
    }

    func pause(
        _ lane: LaneID,
        actor: String,
        why: String,
        until: Instant?,
        draining: Bool
    ) async throws(StoreError) {
        let mode: StoredLane.Mode = draining ? .draining : .paused
        try await queue.setMode(mode, of: lane, actor: actor, why: why, until: until, now: time.now())
    }

    func resume(_ lane: LaneID, actor: String, why: String) async throws(StoreError) {
        try await queue.setMode(.active, of: lane, actor: actor, why: why, now: time.now())
    }

    func thaw(
        _ id: LaneID,
        applying: Bool,
        actor: String,
        why: String
    ) async throws(StoreError) -> (held: Int, changed: Int)? {
        let lanes = try await reader.read { try $0.lanes() }
        guard let name = lanes.first(where: { $0.id == id })?.name, try await frozenLanes().contains(name) else {
            return nil
        }
        let result = try await registry.thaw(lane: name, applying: applying, now: time.now())
        let order = InstantOperation.removals(
            applied: applying,
            on: name,
            actor: actor,
            why: why,
            changed: result.changed
        )
        try await queue.keep(order, now: time.now())
        return result
    }

    private func frozenLanes() async throws(StoreError) -> Set<String> {
        Set(try await registryReader.read { try $0.frozenLanes() }.keys)
    }
}
