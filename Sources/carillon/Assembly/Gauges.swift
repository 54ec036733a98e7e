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
    /// Every push service may have a lane, and a lane six states.
    private static let setsMax = 1000
    private static let slowLooks = 6

    let dispatcher: Dispatcher
    let queue: Reading<QueueReader>
    let registry: Reading<RegistryReader>
    let folder: DataFolder
    let ends: CredentialEnds
    let time: TimeSource
    private let deliveries: Family<Gauge>
    private let oldest: Family<Gauge>
    private let laneState: Family<Gauge>
    private let laneSince: Family<Gauge>
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
    private let disk: DiskWatch
    private let providers: ProviderSettings
    private let quiet: Family<Gauge>
    private let quietOpens: Family<Gauge>
    private let importsHeld: Gauge
    private let importsApplied: Family<Gauge>
    private let removalsHeld: Family<Gauge>
    private let clockInDoubt: Gauge
    private let diskStage: Family<Gauge>

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
        disk: DiskWatch,
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
        self.disk = disk
        self.providers = providers
        quiet = metrics.gauge("queue_quiet_deliveries", help: "Deliveries that wait for quiet hours to end.")
        quietOpens = metrics.gauge(
            "queue_quiet_opens_timestamp_seconds",
            help: "When the first of them ring; nothing while none waits."
        )
        importsHeld = metrics.gauge("imports_held", help: "Deliveries of the directory that wait for a person.").with()
        importsApplied = metrics.gauge(
            "import_last_applied_timestamp_seconds",
            help: "When a delivery of the feed was applied last.",
            labels: ["feed"]
        )
        removalsHeld = metrics.gauge(
            "removals_held",
            help: "Devices a provider called bad while the mass guard had stopped removals.",
            labels: ["lane"]
        )
        clockInDoubt = metrics.gauge("clock_in_doubt", help: "1 while a step of the wall clock is doubted.").with()
        diskStage = metrics.gauge("disk_stage", help: "1 for the stage the disk is in.", labels: ["stage"])
        deliveries = metrics.gauge(
            "queue_deliveries",
            help: "Deliveries that wait.",
            labels: ["lane", "state"],
            labelSetsMax: Self.setsMax
        )
        oldest = metrics.gauge("queue_oldest_seconds", help: "Age of the oldest pending delivery.", labels: ["lane"])
        laneState = metrics.gauge(
            "lane_state",
            help: "1 for the state the lane is in.",
            labels: ["lane", "state"],
            labelSetsMax: Self.setsMax
        )
        laneSince = metrics.gauge(
            "lane_state_since_timestamp_seconds",
            help: "Since when the lane is in its state; the probes of a closed lane are no change.",
            labels: ["lane"]
        )
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
        var looks = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) {
                try await look()
                // What takes longer to count and changes slowly.
                if looks % Self.slowLooks == 0 { try await lookSlowly() }
            } catch {
                // The gauges keep their last values; whatever is wrong with the store shows itself on its own paths.
            }
            looks += 1
            do { try await cancelWhenGracefulShutdown { try await sleepToNext(Self.interval) } } catch { return }
        }
    }

    private func look() async throws(StoreError) {
        diskFree.set(Double(folder.freeBytes))
        waitingCommits.set(Double(store.waitingCommits))
        let clock = clock.report(highWater: store.lastAcceptance)
        skews.note("system", clock.wall - clock.steady)
        clockInDoubt.set(clock.suspectSince == nil ? 0 : 1)
        let stage = disk.look()
        diskStage.show(DiskStage.allCases.map { Sample([$0.rawValue], $0 == stage ? 1 : 0) })
        let backlog = try await queue.read { try $0.backlog() }
        let now = time.now()
        let lanes = await dispatcher.statuses()
        for lane in lanes {
            let open = backlog[lane.id] ?? LaneBacklog()
            // What a reader met once may be passing; the writer looks again before it ends anything.
            if !open.unreadable.isEmpty { store.giveUp(open.unreadable, now: now) }
        }
        show(lanes, backlog, now)
        let counts = try await registry.read { try $0.deviceCounts() }
        devices.show(
            Dictionary(grouping: counts, by: \.provider).flatMap { provider, counts in
                DeviceState.allCases.map { state in
                    let sum = counts.reduce(0) { $0 + ($1.state == state ? $1.count : 0) }
                    return Sample([provider.name, state.word], Double(sum))
                }
            }
        )
        alarms.keep(only: Set(lanes.map(\.name)))
        for lane in lanes {
            let own = counts.filter {
                providers.lane(of: $0.provider, $0.environment, app: $0.app, host: $0.host) == lane.name
            }
            let suspect = own.reduce(0) { $0 + ($1.state == .suspect ? $1.count : 0) }
            alarms.look(lane, devices: (own.reduce(0) { $0 + $1.count }, suspect), now: time.monotonic())
        }
    }

    private func lookSlowly() async throws(StoreError) {
        let waiting = try await queue.read { try $0.waitingForQuietHours() }
        quiet.show([Sample([], Double(waiting.count))])
        quietOpens.show(waiting.opensAt.map { [Sample([], Double($0.seconds))] } ?? [])
        let (held, applied, frozen) = try await registry.read { reader in
            let frozen = try reader.frozenLanes().keys.map { ($0, try reader.heldFaultCount(of: $0)) }
            return (try reader.heldImports(), try reader.lastApplied(), frozen)
        }
        importsHeld.set(Double(held))
        importsApplied.show(applied.map { Sample([$0.key], Double($0.value.seconds)) })
        removalsHeld.show(frozen.map { Sample([$0.0], Double($0.1)) })
    }

    private static let laneStates = ["active", "paused", "draining", "open", "halfOpen", "credentialFault"]

    /// A lane that was closed has no series any more.
    private func show(_ lanes: [LaneStatus], _ backlog: [LaneID: LaneBacklog], _ now: Instant) {
        let open = lanes.map { (name: $0.name, backlog: backlog[$0.id] ?? LaneBacklog()) }
        deliveries.show(
            open.flatMap { name, open in
                [
                    Sample([name, "pending"], Double(open.pending)), Sample([name, "deferred"], Double(open.deferred)),
                    Sample([name, "dead"], Double(open.dead)), Sample([name, "held"], Double(open.held)),
                ]
            }
        )
        oldest.show(
            open.map { Sample([$0.name], $0.backlog.oldest.map { Double((now - $0).wholeMilliseconds) / 1000 } ?? 0) }
        )
        laneState.show(
            lanes.flatMap { lane in Self.laneStates.map { Sample([lane.name, $0], $0 == lane.state ? 1 : 0) } }
        )
        laneSince.show(lanes.compactMap { lane in lane.since.map { Sample([lane.name], Double($0.seconds)) } })
        inFlight.show(lanes.map { Sample([$0.name], Double($0.inFlight)) })
        connections.show(lanes.map { Sample([$0.name], Double($0.connections)) })
        credentialExpiry.show(
            lanes.compactMap { lane in ends[lane.name].map { Sample([lane.name], Double($0.seconds)) } }
        )
    }
}
