package import Contract
package import Delivery
package import Domain
package import Pipeline
package import Store

/// What the operator's routes hand requests to: the services of a gateway that runs, or the stores alone while none does.
package struct AdminServices: Sendable {
    package var queue: QueueStore
    package var queueReader: Reading<QueueReader>
    package var registry: Registry
    /// Made with the storage keys where One Pocket asks: its list shows an account its tokens in clear.
    package var registryReader: Reading<RegistryReader>
    package var importer: DirectoryImporter
    /// Carries out bulk orders.
    package var orders: OrderRunner
    /// How long an answer waits for the end of an order; it is then answered as running.
    package var orderPatience = Duration.seconds(10)
    package var lanes: any LaneControl
    /// What only a gateway that runs can do; without it, 501.
    package var live: (any LiveControl)?
    package var condition: any GatewayCondition = AlwaysReady()
    /// Who may publish; nil where no gateway runs.
    package var publishers: PublisherDirectory?
    /// Who was shown names; nil: nobody keeps it.
    package var looks: Reading<LookLog>?
    /// Who beside the service's own account may come to the socket.
    package var groups = AdminGroups()
    package var limits: Limits
    package var time: TimeSource
    /// Where a directory delivery waits while it is read; exists, mode 0700, emptied at start by the assembly.
    package var workFolder: String
    package var build: Build
    /// How long a body may take from its first to its last byte, and a delivery between two pieces; beyond: 408.
    package var bodyTimeout = Duration.seconds(30)

    /// What runs, since when.
    package struct Build: Sendable {
        package var version: String
        package var processID: Int32
        package var startedAt: Instant
        /// Of the data folder; nil when the assembly does not know it.
        package var epoch: Int64?

        package init(version: String, processID: Int32, startedAt: Instant, epoch: Int64? = nil) {
            self.version = version
            self.processID = processID
            self.startedAt = startedAt
            self.epoch = epoch
        }
    }

    package init(
        queue: QueueStore,
        queueReader: Reading<QueueReader>,
        registry: Registry,
        registryReader: Reading<RegistryReader>,
        importer: DirectoryImporter,
        orders: OrderRunner,
        lanes: any LaneControl,
        limits: Limits,
        time: TimeSource,
        workFolder: String,
        build: Build
    ) {
        self.queue = queue
        self.queueReader = queueReader
        self.registry = registry
        self.registryReader = registryReader
        self.importer = importer
        self.orders = orders
        self.lanes = lanes
        self.limits = limits
        self.time = time
        self.workFolder = workFolder
        self.build = build
    }
}

/// The lanes and an operator's orders about them: of the dispatcher, or of the store while nobody sends.
package protocol LaneControl: Sendable {
    func statuses() async throws(StoreError) -> [LaneStatus]
    /// `until`: when it resumes by itself. `draining`: what is loaded is sent first.
    func pause(
        _ lane: LaneID,
        actor: String,
        why: String,
        until: Instant?,
        draining: Bool
    ) async throws(StoreError)
    func resume(_ lane: LaneID, actor: String, why: String) async throws(StoreError)
    /// Applies or forgets what the mass guard held of a lane; nil when its removals are not frozen.
    func thaw(
        _ id: LaneID,
        applying: Bool,
        actor: String,
        why: String
    ) async throws(StoreError) -> (held: Int, changed: Int)?
}

/// What needs connections, or the services' clock.
package protocol LiveControl: Sendable {
    /// Asks a closed lane at once; false when an operator paused it.
    func probe(_ lane: LaneID, actor: String, why: String) async throws(StoreError) -> Bool
    /// Rings an installation of an account; nil when the account has no such installation.
    func test(_ account: Account, installation: String) async throws(StoreError) -> TestOutcomeView?
    /// The clock as the services see it.
    func clock() -> ClockReport
    /// Believes the wall clock from now on; false when nobody doubts it.
    func acceptClock() -> Bool
}

/// Whether the gateway can promise, and how it is.
package protocol GatewayCondition: Sendable {
    /// Why it cannot promise now; empty when it can.
    var reasonsNotReady: [String] { get }
    /// False while the disk is short of room: urgent and ordinary events pass, deliveries of the directory do not.
    var takesBulk: Bool { get }
    /// Why events of the message broker do not come; nil while they do, or none are asked for.
    var brokerAlarm: String? { get }
    /// What is known beside the lanes.
    func add(to health: inout HealthView)
}

/// Nobody watches the disk and the clock.
package struct AlwaysReady: GatewayCondition {
    package init() {}
    package var reasonsNotReady: [String] { [] }
    package var takesBulk: Bool { true }
    package var brokerAlarm: String? { nil }
    package func add(to health: inout HealthView) {}
}

extension Dispatcher: LaneControl {}
