import API
import Crypto
import Database
import Domain
import FanOut
import Glibc
import Logging
import Pipeline
import Providers
import ServiceLifecycle
import Settings
import Store
import Telemetry
import UnixSignals
import WebClient

/// Puts the gateway together and runs it: the one place where everything meets.
struct Gateway {
    /// Everything that needs a drain has this long, all together.
    private static let shutdownMax = Duration.seconds(25)
    private static let engineDrain = Duration.seconds(10)

    private let effective: EffectiveSettings
    private let config: String?

    /// - Throws: `SettingsReport` with every mistake of the configuration.
    init(config: String?) throws(SettingsReport) {
        self.config = config
        effective = try Self.load(config)
    }

    private static func load(_ config: String?) throws(SettingsReport) -> EffectiveSettings {
        try SettingsLoader.load(config: config, environment: Environment.current, checks: Lanes.checks)
    }

    func run() async throws {
        let settings = effective.settings
        let logger = Self.logger("carillon", settings)
        let clock = SteadyTime { isInDoubt in
            if isInDoubt {
                logger.error("the clock has stepped: time goes on from before until it has been steady for a minute")
            } else {
                logger.notice("the clock is believed again")
            }
        }
        let time = clock.source
        for warning in effective.warnings {
            logger.warning("configuration", metadata: ["key": "\(warning.key)", "what": "\(warning.allowed)"])
        }
        let folder = try DataFolder(path: settings.data)
        let workFolder = try folder.work()
        let onFatal: @Sendable (any Error) -> Void = { error in
            // Fail-stop: after a failed write nothing may be promised; WAL recovery decides at the next start.
            logger.critical("the store cannot be trusted, ending", metadata: ["error": "\(error)"])
            // Not exit: its handlers take OpenSSL away under the threads that still use it, and the process would end by SIGSEGV.
            _exit(70)
        }
        let metrics = MetricRegistry(prefix: "carillon_")
        let pipelineMetrics = PipelineMetrics(metrics)
        let stores = SQLiteStores(folder: folder.path)
        let queue = try folder.opening(logger) {
            try stores.openQueue(now: time.now(), newKey: Self.random(32), onFatal: onFatal) { report in
                pipelineMetrics.storeCommitSeconds.observe(report.commitTime)
            }
        }
        clock.hasBeen(queue.lastAcceptance)
        let registry = try folder.opening(logger) {
            try stores.openRegistry(
                keys: settings.storage.keys.map { .init(id: $0.id, key: .init(data: $0.key.bytes)) },
                newKey: Self.random(32),
                onFatal: onFatal
            )
        }
        let client = WebClient(options: .init(caFile: settings.tls.caFile))
        // The proxy is the way to the push services; the ENT is mostly inside.
        let providerClient =
            settings.proxy.map { proxy in
                WebClient(
                    options: .init(
                        caFile: settings.tls.caFile,
                        proxy: "http://\(proxy.host):\(proxy.port)",
                        proxyCredentials: proxy.credentials?.text
                    )
                )
            } ?? client
        let webPush = try Lanes.webPush(settings, client: providerClient)
        let engine = FanOutEngine()
        try engine.start()

        let dispatcher = try Dispatcher(
            queue: queue,
            registry: registry,
            engine: engine,
            stores: stores,
            webPush: webPush,
            limits: settings.limits,
            time: time,
            metrics: pipelineMetrics,
            logger: Self.logger("dispatcher", settings)
        )
        for definition in try Lanes.definitions(settings, client: providerClient) {
            try await dispatcher.add(definition)
        }
        try await dispatcher.openKnownWebPushLanes()
        let lanes = await dispatcher.laneTable()
        let laneTable = SharedLaneTable(lanes)

        let publishers = PublisherDirectory(Self.entries(settings))
        let boundSchools = SchoolBounds(Self.schools(settings))
        let ends = CredentialEnds(settings)
        let expander = try Expander(
            queue: queue,
            dispatcher: dispatcher,
            stores: stores,
            lanes: lanes,
            activeByDefault: settings.schools.areActiveByDefault,
            deviceAgeMax: Self.days(settings.retention.deviceStaleDays),
            publisherSchools: { boundSchools[$0] },
            limits: settings.limits,
            time: time,
            logger: Self.logger("expander", settings)
        )
        let queueReader = try Reading { try stores.queueReader() }
        let registryReader = try Reading { [seal = registry.seal] in try stores.registryReader(seal: seal) }
        let identityWindow = Self.days(settings.retention.identityDays)
        let orders = try OrderRunner(
            queue: queue,
            stores: stores,
            gate: OrderGate(dispatcher),
            time: time,
            logger: Self.logger("orders", settings)
        )
        let disk = DiskWatch(
            folder: folder,
            limits: settings.storage.disk,
            isBlocked: { dispatcher.isBlocked },
            logger: Self.logger("disk", settings)
        )
        disk.tend()
        let intake = Intake(
            queue: queue,
            registry: registryReader,
            time: time,
            metrics: pipelineMetrics,
            identityWindow: identityWindow,
            waitingMax: settings.limits.acceptQueueMax,
            hasRoom: { !disk.isFull },
            takesBulk: { disk.takesBulk },
            onAccepted: { expander.wake() },
            onCorrected: { orders.lookForWork() }
        )
        let heldFolder = folder.path + "/held"
        let heldDeliveries = HeldDeliveries(folder: heldFolder, bytesMax: settings.limits.importBytesMax)
        do { try heldDeliveries.removeAll(except: try await registry.keptFiles()) } catch {
            // What is too many in there costs room, not service.
            logger.warning("held deliveries cannot be looked through", metadata: ["error": "\(error)"])
        }
        let importer = DirectoryImporter(
            registry: registry,
            queue: queue,
            workFolder: workFolder,
            heldFolder: heldFolder,
            limits: settings.limits,
            time: time
        )

        var services = APIServices(
            intake: intake,
            queue: queue,
            queueReader: queueReader,
            registry: registry,
            registryReader: registryReader,
            importer: importer,
            publishers: publishers,
            parents: ParentAuthenticator(
                client: client,
                userinfoURL: settings.parents.userinfoURL ?? "",
                cacheSeconds: settings.parents.cacheSeconds,
                limits: settings.limits,
                time: time
            ),
            limits: settings.limits,
            time: time,
            metrics: metrics,
            lanes: { laneTable.value },
            endpoints: settings.providers.webpush?.endpoints ?? EndpointRules([]),
            webPushKey: webPush?.credential.publicKey,
            workFolder: workFolder,
            build: .init(version: Version.current, processID: getpid(), startedAt: time.now(), epoch: queue.epoch),
            hooks: Self.hooks(dispatcher, queue: queue, disk: disk, folder: folder, clock: clock, settings.limits)
        )
        services.orders = orders
        services.forecaster = try Forecaster(
            stores: stores,
            rules: ForecastRules(
                activeByDefault: settings.schools.areActiveByDefault,
                deviceAgeMax: Self.days(settings.retention.deviceStaleDays),
                limits: settings.limits,
                isServiceAllowed: { [rules = settings.providers.webpush?.endpoints] in
                    rules?.endpoint(authority: $0) != nil
                }
            )
        )

        let group = ServiceGroup(
            configuration: .init(
                services: [
                    // The order of dependence; shutdown runs it backwards, each waits for the one behind it.
                    .init(service: Delivering(dispatcher: dispatcher, engine: engine, drain: Self.engineDrain)),
                    .init(service: Expanding(expander: expander)),
                    .init(service: Ordering(orders: orders)),
                    .init(service: disk),
                    .init(
                        service: Sweeping(
                            sweeper: Sweeper(
                                queue: queue,
                                registry: registry,
                                identityWindow: identityWindow,
                                eventAge: Self.days(settings.retention.eventDays),
                                deviceAges: .init(
                                    suspect: Self.days(settings.retention.deviceSuspectDays),
                                    disabled: Self.days(settings.retention.deviceDisabledDays),
                                    unseen: Self.days(settings.retention.deviceUnseenDays),
                                    history: Self.days(400)
                                ),
                                lacksRoom: { disk.lacksRoom(reusable: $0) },
                                isRoomUrgent: { disk.isFull },
                                held: heldDeliveries,
                                heldAge: Self.days(settings.retention.heldImportDays),
                                operationAge: Self.days(settings.retention.operationDays),
                                time: time,
                                logger: Self.logger("sweeper", settings)
                            )
                        )
                    ),
                    .init(
                        service: Gauges(
                            metrics,
                            dispatcher: dispatcher,
                            store: queue,
                            queue: queueReader,
                            registry: registryReader,
                            folder: folder,
                            ends: ends,
                            time: time
                        )
                    ),
                    .init(
                        service: Reloading {
                            try await reload(
                                dispatcher,
                                expander,
                                laneTable,
                                publishers,
                                boundSchools,
                                ends,
                                providerClient
                            )
                        } failed: { report in
                            Self.logger("reload", settings).error(
                                "reload refused, the old settings stay",
                                metadata: ["report": "\(report)"]
                            )
                        }
                    ),
                    .init(
                        service: APIServer(
                            router: metricsRouter(services),
                            address: try Self.address(settings.listen.metricsAddress.description),
                            logger: Self.logger("metrics", settings)
                        )
                    ),
                    .init(
                        service: APIServer(
                            router: adminRouter(services),
                            address: try Self.address(settings.listen.adminSocket),
                            logger: Self.logger("admin", settings)
                        )
                    ),
                    .init(
                        service: APIServer(
                            router: publicRouter(services),
                            address: try Self.address(settings.listen.publicAddress.description),
                            logger: Self.logger("public", settings)
                        )
                    ),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Self.logger("lifecycle", settings, .warning)
            )
        )
        logger.notice(
            "serving",
            metadata: [
                "version": "\(Version.current)", "data": "\(folder.path)", "public": "\(settings.listen.publicAddress)",
            ]
        )
        try await group.run()
        await queue.close()
        await registry.close()
        await client.stop()
        if settings.proxy != nil { await providerClient.stop() }
        logger.notice("stopped")
    }

    /// SIGHUP: everything is read and checked anew; with a mistake the old settings stay.
    private func reload(
        _ dispatcher: Dispatcher,
        _ expander: Expander,
        _ laneTable: SharedLaneTable,
        _ publishers: PublisherDirectory,
        _ bounds: SchoolBounds,
        _ ends: CredentialEnds,
        _ client: WebClient
    ) async throws {
        let settings = try Self.load(config).settings
        for definition in try Lanes.definitions(settings, client: client)
        where try await !dispatcher.reload(definition) {
            Self.logger("reload", settings).warning(
                "the lane's endpoint, proxy or quota changes with a restart only",
                metadata: ["lane": "\(definition.name)"]
            )
        }
        let lanes = await dispatcher.laneTable()
        await expander.use(lanes)
        laneTable.replace(lanes)
        publishers.replace(Self.entries(settings))
        bounds.replace(Self.schools(settings))
        ends.replace(settings)
    }

    private static func address(_ text: String) throws -> API.ListenAddress {
        guard let address = API.ListenAddress(text) else {
            throw ListenFailure(address: text)
        }
        return address
    }

    private struct ListenFailure: Error, CustomStringConvertible {
        let address: String
        var description: String { "cannot listen on \(address)" }
    }

    private static func logger(_ label: String, _ settings: Settings, _ least: Logger.Level? = nil) -> Logger {
        let level = Logger.Level(rawValue: settings.log.level.rawValue) ?? .info
        let format = LogFormat(rawValue: settings.log.format.rawValue) ?? .json
        return Logger(label: label) { label in
            LineLogHandler(
                label: label,
                format: format,
                level: max(level, least ?? .trace),
                now: { SystemTime.now().milliseconds }
            )
        }
    }

    private static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
