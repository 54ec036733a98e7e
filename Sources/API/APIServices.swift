package import Delivery
package import Domain
package import Pipeline
package import Store
package import Telemetry

/// Everything the doors hand requests to; made by the assembly, and by tests with stores of their own.
package struct APIServices: Sendable {
    package var intake: Intake
    package var queue: QueueStore
    package var queueReader: Reading<QueueReader>
    package var registry: Registry
    /// Made with the storage keys: One Pocket's list shows an account its tokens in clear.
    package var registryReader: Reading<RegistryReader>
    package var importer: DirectoryImporter
    package var publishers: PublisherDirectory
    package var parents: ParentAuthenticator
    package var limits: Limits
    package var http: HTTPRules
    package var time: TimeSource
    package var metrics: MetricRegistry
    /// Which lanes exist now; asked at each registration.
    package var lanes: @Sendable () -> LaneTable
    /// How the addresses of registrations are read, one for each provider.
    package var targetForms: [any TargetForm]
    /// Asks the push service whether the address of a registration is one; nil: it is.
    package var verifyTarget: @Sendable (Target) async -> FieldError? = { _ in nil }
    /// The VAPID public key, base64url: what browsers subscribe with; nil without Web Push.
    package var subscriptionKey: String?
    /// Where a directory delivery waits while it is read; exists, mode 0700, emptied at start by the assembly.
    package var workFolder: String
    package var build: Build
    package var hooks: Hooks
    /// Carries out bulk orders; without it, 501.
    package var orders: OrderRunner?
    /// Answers previews; without it, 501.
    package var forecaster: Forecaster?
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

    /// What the dispatcher and the assembly answer or do.
    package struct Hooks: Sendable {
        /// Why the gateway cannot promise now; empty when it can.
        package var readiness: @Sendable () async -> [String] = { [] }
        /// False while the disk is short of room: urgent and ordinary events pass, deliveries of the directory do not.
        package var takesBulk: @Sendable () -> Bool = { true }
        /// The clock as the services see it; nil: nothing here doubts it.
        package var clock: (@Sendable () -> ClockReport)?
        /// Believes the wall clock from now on; nil when it is not doubted.
        package var acceptClock: @Sendable () -> ClockReport? = { nil }
        /// More members for `/healthz` (disk, clock).
        package var health: @Sendable () async -> JSONObject = { JSONObject() }
        package var laneStatuses: @Sendable () async -> [LaneStatus] = { [] }
        /// `until`: when it resumes by itself.
        package var pauseLane:
            @Sendable (LaneID, _ actor: String, _ why: String, _ until: Instant?) async throws(StoreError) -> Void
        package var resumeLane: @Sendable (LaneID, _ actor: String, _ why: String) async throws(StoreError) -> Void
        /// As pausing, but what is loaded is sent first.
        package var drainLane: @Sendable (LaneID, _ actor: String, _ why: String) async throws(StoreError) -> Void = {
            _,
            _,
            _ in
        }
        /// Asks a closed lane at once; false when an operator paused it. Without it, 501.
        package var probeLane: (@Sendable (LaneID, _ actor: String, _ why: String) async throws(StoreError) -> Bool)?
        /// Applies or forgets what the mass guard held of a lane; nil when its removals are not frozen.
        package var decideRemovals:
            @Sendable (LaneID, _ applying: Bool, _ actor: String, _ why: String) async throws(StoreError) -> (
                held: Int, changed: Int
            )? = { _, _, _, _ in nil }
        /// Rings an installation of an account; nil when the account has no such installation. Without it, 501.
        package var sendTest: (@Sendable (Account, _ installation: String) async throws(StoreError) -> TestOutcome?)?

        package init(
            pauseLane: @escaping @Sendable (LaneID, String, String, Instant?) async throws(StoreError) -> Void,
            resumeLane: @escaping @Sendable (LaneID, String, String) async throws(StoreError) -> Void
        ) {
            self.pauseLane = pauseLane
            self.resumeLane = resumeLane
        }
    }

    /// The provider's word on a test notification.
    package struct TestOutcome: Sendable {
        /// `accepted rejected deferred`.
        package var outcome: String
        package var reason: String?

        package init(outcome: String, reason: String?) {
            self.outcome = outcome
            self.reason = reason
        }
    }

    package init(
        intake: Intake,
        queue: QueueStore,
        queueReader: Reading<QueueReader>,
        registry: Registry,
        registryReader: Reading<RegistryReader>,
        importer: DirectoryImporter,
        publishers: PublisherDirectory,
        parents: ParentAuthenticator,
        limits: Limits,
        time: TimeSource,
        metrics: MetricRegistry,
        lanes: @escaping @Sendable () -> LaneTable,
        targetForms: [any TargetForm],
        subscriptionKey: String?,
        workFolder: String,
        build: Build,
        hooks: Hooks
    ) {
        self.intake = intake
        self.queue = queue
        self.queueReader = queueReader
        self.registry = registry
        self.registryReader = registryReader
        self.importer = importer
        self.publishers = publishers
        self.parents = parents
        self.limits = limits
        http = HTTPRules(limits)
        self.time = time
        self.metrics = metrics
        self.lanes = lanes
        self.targetForms = targetForms
        self.subscriptionKey = subscriptionKey
        self.workFolder = workFolder
        self.build = build
        self.hooks = hooks
    }
}
