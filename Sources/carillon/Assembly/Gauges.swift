import Delivery
import Domain
import Pipeline
import Providers
import ServiceLifecycle
import Settings
import Store
import Telemetry

/// Reads every few seconds what can only be seen by looking: backlog, lanes, devices, disk.
struct Gauges: Service {
    private static let interval = Duration.seconds(5)

    let dispatcher: Dispatcher
    let queue: Reading<QueueReader>
    let registry: Reading<RegistryReader>
    let folder: DataFolder
    let ends: CredentialEnds
    let time: TimeSource
    private let deliveries: Family<Gauge>
    private let oldest: Family<Gauge>
    private let laneState: Family<Gauge>
    private let inFlight: Family<Gauge>
    private let connections: Family<Gauge>
    private let credentialExpiry: Family<Gauge>
    private let devices: Family<Gauge>
    private let diskFree: Gauge
    private let waitingCommits: Gauge
    private let store: QueueStore
    private let skews: ClockSkews
    private let clock: SteadyTime
    private let alarms: LaneAlarms
    private let providers: ProviderSettings

    init(
        _ metrics: MetricRegistry,
        dispatcher: Dispatcher,
        store: QueueStore,
        queue: Reading<QueueReader>,
        registry: Reading<RegistryReader>,
        folder: DataFolder,
        ends: CredentialEnds,
        skews: ClockSkews,
        clock: SteadyTime,
        alarms: LaneAlarms,
        providers: ProviderSettings
    ) {
        self.dispatcher = dispatcher
        self.store = store
        self.queue = queue
        self.registry = registry
        self.folder = folder
        self.ends = ends
        time = clock.source
        self.skews = skews
        self.clock = clock
        self.alarms = alarms
        self.providers = providers
        deliveries = metrics.gauge("queue_deliveries", help: "Deliveries that wait.", labels: ["lane", "state"])
        oldest = metrics.gauge("queue_oldest_seconds", help: "Age of the oldest pending delivery.", labels: ["lane"])
        laneState = metrics.gauge("lane_state", help: "1 for the state the lane is in.", labels: ["lane", "state"])
        inFlight = metrics.gauge("lane_inflight", help: "Requests without answer yet.", labels: ["lane"])
        connections = metrics.gauge("lane_connections", help: "Connections ready.", labels: ["lane"])
        credentialExpiry = metrics.gauge(
            "credential_expiry_timestamp_seconds",
            help: "When the lane's key has to be replaced, as configured; not the access token, which renews itself.",
            labels: ["lane"]
        )
        devices = metrics.gauge("devices", help: "Registered devices.", labels: ["provider", "state"])
        diskFree = metrics.gauge("disk_free_bytes", help: "Free bytes where the stores are.").with()
        waitingCommits = metrics.gauge("store_waiting_jobs", help: "Jobs that wait for their commit.").with()
    }

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) { try await look() } catch {
                // The gauges keep their last values; whatever is wrong with the store shows itself on its own paths.
            }
            do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) } } catch { return }
        }
    }

    private func look() async throws(StoreError) {
        diskFree.set(Double(folder.freeBytes))
        waitingCommits.set(Double(store.waitingCommits))
        let clock = clock.report(highWater: store.lastAcceptance)
        skews.note("system", clock.wall - clock.steady)
        let backlog = try await queue.read { try $0.backlog() }
        let now = time.now()
        let lanes = await dispatcher.statuses()
        for lane in lanes {
            let open = backlog[lane.id] ?? LaneBacklog()
            // What a reader met once may be passing; the writer looks again before it ends anything.
            if !open.unreadable.isEmpty { store.giveUp(open.unreadable, now: now) }
            deliveries.with(lane.name, "pending").set(Double(open.pending))
            deliveries.with(lane.name, "deferred").set(Double(open.deferred))
            deliveries.with(lane.name, "dead").set(Double(open.dead))
            deliveries.with(lane.name, "held").set(Double(open.held))
            oldest.with(lane.name).set(open.oldest.map { Double((now - $0).wholeMilliseconds) / 1000 } ?? 0)
            for state in ["active", "paused", "draining", "open", "halfOpen", "credentialFault"] {
                laneState.with(lane.name, state).set(state == lane.state ? 1 : 0)
            }
            inFlight.with(lane.name).set(Double(lane.inFlight))
            connections.with(lane.name).set(Double(lane.connections))
            if let end = ends[lane.name] { credentialExpiry.with(lane.name).set(Double(end.seconds)) }
        }
        let counts = try await registry.read { try $0.deviceCounts() }
        for (provider, counts) in Dictionary(grouping: counts, by: \.provider) {
            for state in DeviceState.allCases {
                let sum = counts.reduce(0) { $0 + ($1.state == state ? $1.count : 0) }
                devices.with(provider.name, state.word).set(Double(sum))
            }
        }
        for lane in lanes {
            let own = counts.filter {
                providers.lane(of: $0.provider, $0.environment, app: $0.app, host: $0.host) == lane.name
            }
            let suspect = own.reduce(0) { $0 + ($1.state == .suspect ? $1.count : 0) }
            alarms.look(lane, devices: (own.reduce(0) { $0 + $1.count }, suspect), now: time.monotonic())
        }
    }
}
