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

/// Nobody watches the disk and the clock.
package struct AlwaysReady: GatewayCondition {
    package init() {}
    package var reasonsNotReady: [String] { [] }
    package var takesBulk: Bool { true }
    package var brokerAlarm: String? { nil }
    package func add(to health: inout HealthView) {}
}

extension Dispatcher: LaneControl {}
