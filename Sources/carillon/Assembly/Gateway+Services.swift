import API
import Delivery
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

extension Gateway {
    /// What the routes call.
    func services(_ core: Core, _ delivery: DeliveryServices, _ rules: HTTPRules) throws -> APIServices {
        let settings = effective.settings
        var services = APIServices(
            admin: adminServices(core, delivery),
            intake: intake(core, delivery),
            publishers: delivery.publishers,
            parents: ParentAuthenticator(
                client: core.parentsClient,
                newcomers: core.newcomersClient,
                userinfoURL: settings.parents.userinfoURL,
                issuer: settings.parents.issuer.map { issuer in
                    TokenIssuer(
                        client: core.parentsClient,
                        rules: TokenRules(
                            issuer: issuer.url,
                            audience: issuer.audience,
                            skewSeconds: issuer.skewSeconds
                        ),
                        keysURL: issuer.keysURL,
                        limits: settings.limits,
                        time: core.time
                    )
                },
                cacheSeconds: settings.parents.cacheSeconds,
                limits: settings.limits,
                time: core.time
            ),
            metrics: core.metrics,
            laneTable: delivery.dispatcher.table,
            targetForms: settings.providers.targetForms,
            subscriptionKey: settings.providers.subscriptionKey,
            forecaster: try Forecaster(
                stores: core.stores,
                rules: ForecastRules(
                    activeByDefault: settings.schools.areActiveByDefault,
                    deviceAgeMax: Self.days(settings.retention.deviceStaleDays),
                    rules: delivery.rules,
                    limits: settings.limits,
                    isServiceAllowed: { [providers = settings.providers] in
                        providers.lane(of: $0.provider, at: $0.app) != nil
                    }
                )
            )
        )
        services.http = rules
        services.knowsKind = { [kinds = delivery.kinds] name in
            let (app, action) = PublicationCatalogue.parts(name)
            return kinds.value.knows(app: app, action: action)
        }
        let network = Lanes.network(settings, core.addressClient, core.skews)
        services.verifyTarget = { [providers = settings.providers] in await providers.verify($0, in: network) }
        return services
    }

    private func adminServices(_ core: Core, _ delivery: DeliveryServices) -> AdminServices {
        let limits = effective.settings.limits
        // A series that begins at 1 has not increased, and no alert would see the first failure.
        for feed in effective.settings.feeds {
            for format in DirectoryImporter.Format.allCases {
                _ = core.pipelineMetrics.imports.with(feed.name, format.rawValue, "failed")
            }
        }
        for publisher in effective.settings.publishers where publisher.callback != nil {
            _ = core.pipelineMetrics.callbacks.with(publisher.name, "dead")
        }
        var admin = AdminServices(
            queue: core.queue,
            queueReader: core.queueReader,
            registry: core.registry,
            registryReader: core.registryReader,
            importer: DirectoryImporter(
                registry: core.registry,
                queue: core.queue,
                workFolder: core.workFolder,
                heldFolder: heldFolder(core),
                feeds: FeedRules(effective.settings.feeds.map { .init(name: $0.name, publisher: $0.publisher) }),
                limits: limits,
                time: core.time,
                onEnd: { [imports = core.pipelineMetrics.imports] in imports.with($0, $1, $2).add() }
            ),
            orders: delivery.orders,
            lanes: delivery.dispatcher,
            limits: limits,
            time: core.time,
            workFolder: core.workFolder,
            build: .init(
                version: Version.current,
                processID: getpid(),
                startedAt: core.time.now(),
                epoch: core.queue.epoch
            )
        )
        admin.groups = AdminGroups.found()
        admin.looks = Reading { [path = core.folder.path] in LookLog(data: path) }
        admin.live = Live(
            dispatcher: delivery.dispatcher,
            queue: core.queue,
            registry: core.registryReader,
            steady: core.clock
        )
        admin.condition = Condition(
            queue: core.queue,
            disk: delivery.disk,
            lanes: delivery.alarms,
            broker: delivery.broker,
            folder: core.folder,
            clock: core.clock,
            limits: limits
        )
        return admin
    }

    private func intake(_ core: Core, _ delivery: DeliveryServices) -> Intake {
        let disk = delivery.disk
        return Intake(
            queue: core.queue,
            registry: core.registryReader,
            kinds: delivery.kinds,
            entOrigins: delivery.entOrigins,
            mergeWindow: delivery.mergeWindow,
            time: core.time,
            metrics: core.pipelineMetrics,
            identityWindow: Self.days(effective.settings.retention.identityDays),
            waitingMax: effective.settings.limits.acceptQueueMax,
            rules: delivery.rules,
            hasRoom: { !disk.isFull },
            takesBulk: { disk.takesBulk },
            onAccepted: { [expander = delivery.expander] in expander.wake() },
            onCorrected: { [orders = delivery.orders] in orders.lookForWork() }
        )
    }

    private func heldFolder(_ core: Core) -> String { core.folder.path + "/held" }

    /// The same with readers of its own: no question from outside keeps the operator or the monitoring waiting.
    func inside(_ services: APIServices, _ core: Core) throws -> APIServices {
        var services = services
        services.queueReader = try Reading { [stores = core.stores] in try stores.queueReader() }
        services.registryReader = try Reading { [stores = core.stores, seal = core.registry.seal] in
            try stores.registryReader(seal: seal)
        }
        return services
    }

    /// In the order of dependence; shutdown runs it backwards, each waits for the one behind it, so the servers end first.
    func runningServices(
        _ core: Core,
        _ delivery: DeliveryServices,
        _ api: APIServices,
        _ listeners: Listeners,
        _ logger: Logger
    ) throws -> [any Service] {
        let settings = effective.settings
        let inside = try inside(api, core)
        let servers = servers(api, inside, listeners)
        let (dispatcher, engine, heads) = (delivery.dispatcher, delivery.engine, headNotes(core, inside.queueReader))
        let devices = DeviceScan(
            registry: inside.registryReader,
            unreadable: core.queue.unreadable,
            logger: Self.logger("devices", settings)
        )
        var services: [any Service] = [
            // Started first, stopped last: everything else hands work to them. What is in flight has its time to be answered.
            LongRunning({ try await dispatcher.run() }, stop: { dispatcher.stop() }) {
                await engine.shutDown(within: Self.engineDrain)
                await dispatcher.settle()
            },
            // Once more at the end: the orders' own services have ended before.
            LongRunning({ await heads.run() }, then: { await heads.note() }),
            LongRunning({ [expander = delivery.expander] in try await expander.run() }, stop: delivery.expander.stop),
            LongRunning({ [orders = delivery.orders] in await orders.run() }, stop: delivery.orders.stop),
            LongRunning(delivery.waiting.run), delivery.disk,
            LongRunning(try sweeper(core, delivery, logger).run), LongRunning(try callbacks(core, delivery).run),
            LongRunning(devices.run),
            Gauges(
                core.metrics,
                dispatcher: delivery.dispatcher,
                store: core.queue,
                queue: inside.queueReader,
                registry: inside.registryReader,
                folder: core.folder,
                ends: delivery.ends,
                skews: core.skews,
                clock: core.clock,
                alarms: delivery.alarms,
                disk: delivery.disk,
                providers: settings.providers
            ),
            reloading(core, delivery),
        ]
        if let runner = spanRunner(core, inside.queueReader) { services.append(LongRunning(runner.run)) }
        services += servers.map { Bounded($0, within: Self.listenerDrain) }
        if let consumer = brokerConsumer(delivery, api) { services.append(Bounded(consumer, within: Self.brokerDrain)) }
        let last: [any Service] = [
            ShutdownBound(bound: Self.shutdownMax) {
                logger.critical("the orderly end takes too long, ending; what is not recorded is sent again")
                // Not exit, as at a failed store.
                _exit(0)
            },
            Announcing(
                manager: ServiceManager(environment: Environment.current, processID: getpid()),
                servers: servers,
                answered: { [dispatcher = delivery.dispatcher] in _ = await dispatcher.statuses() },
                ready: {
                    logger.notice(
                        "serving",
                        metadata: [
                            "version": "\(Version.sentence)", "data": "\(core.folder.path)",
                            "public": "\(settings.listen.publicAddress)",
                        ]
                    )
                }
            ),
        ]
        return services + last
    }

    private func headNotes(_ core: Core, _ reader: Reading<QueueReader>) -> AuditHeadNotes {
        let audit = effective.settings.audit
        var post: (@Sendable ([UInt8]) async -> Int?)?
        if let url = audit.headURL {
            post = { [client = core.callbackClient] body in
                let headers = [(name: "content-type", value: "application/json")]
                return await CallbackAnswer.of(url: url, headers: headers, body: body, client).status
            }
        }
        return AuditHeadNotes(
            reader: reader,
            seal: core.queue.seal,
            file: audit.headFile,
            post: post,
            time: core.time,
            logger: Self.logger("audit", effective.settings)
        )
    }

    /// nil: nobody traces.
    private func spanRunner(_ core: Core, _ reader: Reading<QueueReader>) -> SpanRunner? {
        guard let spans = core.spans, let client = core.traceClient, let url = effective.settings.telemetry.tracesURL
        else { return nil }
        return SpanRunner(
            spans: spans,
            reader: reader,
            post: { body in
                let headers = [(name: "content-type", value: "application/json")]
                return await CallbackAnswer.of(url: url, headers: headers, body: body, client).status
            },
            version: Version.current,
            time: core.time,
            logger: Self.logger("traces", effective.settings)
        )
    }

    /// In the order of dependence, too: the public listener is the first to close.
    private func servers(_ api: APIServices, _ inside: APIServices, _ listeners: Listeners) -> [APIServer] {
        let settings = effective.settings
        return [
            APIServer(
                router: metricsRouter(inside),
                address: .tcp(settings.listen.metricsAddress),
                limits: listeners.metricsLimits,
                logger: Self.logger("metrics", settings)
            ),
            APIServer(
                router: adminRouter(inside.admin),
                // As the configuration has it: from the folder the process was started in when it is relative.
                address: .unix(path: settings.listen.adminSocket),
                groups: inside.admin.groups,
                limits: listeners.adminLimits,
                logger: Self.logger("admin", settings)
            ),
            APIServer(
                router: publicRouter(api),
                address: .tcp(settings.listen.publicAddress),
                limits: listeners.publicLimits,
                logger: Self.logger("public", settings)
            ),
        ]
    }

    private func reloading(_ core: Core, _ delivery: DeliveryServices) -> Reloading {
        let logger = Self.logger("reload", effective.settings)
        let last = core.metrics.gauge("config_last_reload_successful", help: "0 while the last reload was refused.")
            .with()
        last.set(1)
        let before = LoadedSettings(effective)
        return Reloading {
            let loaded = try await reload(core, delivery)
            last.set(1)
            let changes = before.replace(loaded)
            logger.notice(
                "reloaded",
                metadata: ["changed": "\(changes.isEmpty ? "nothing" : changes.joined(separator: ", "))"]
            )
        } failed: { report in
            last.set(0)
            logger.error("reload refused, the old settings stay", metadata: ["report": "\(report)"])
        }
    }

    private func callbacks(_ core: Core, _ delivery: DeliveryServices) throws -> CallbackRunner {
        CallbackRunner(
            queue: core.queue,
            reader: try Reading { [stores = core.stores] in try stores.queueReader() },
            targets: { [targets = delivery.callbacks] in targets.all },
            conditions: { [dispatcher = delivery.dispatcher] in
                Dictionary(
                    await dispatcher.statuses().map { ($0.id, $0.state) },
                    uniquingKeysWith: { first, _ in first }
                )
            },
            post: { [client = core.callbackClient] in await CallbackAnswer.of($0, client) },
            metrics: core.pipelineMetrics,
            time: core.time,
            logger: Self.logger("callbacks", effective.settings)
        )
    }

    private func sweeper(_ core: Core, _ delivery: DeliveryServices, _ logger: Logger) throws -> Sweeper {
        let (retention, disk) = (effective.settings.retention, delivery.disk)
        return Sweeper(
            queue: core.queue,
            registry: core.registry,
            identityWindow: Self.days(retention.identityDays),
            eventAge: Self.days(retention.eventDays),
            summaries: .init(
                reader: try Reading { [stores = core.stores] in try stores.queueReader() },
                age: Self.days(retention.summaryDays)
            ),
            deviceAges: .init(
                suspect: Self.days(retention.deviceSuspectDays),
                disabled: Self.days(retention.deviceDisabledDays),
                unseen: Self.days(retention.deviceUnseenDays),
                history: Self.days(400)
            ),
            lacksRoom: { disk.lacksRoom(reusable: $0) },
            isRoomUrgent: { disk.isFull },
            held: HeldExports(folder: heldFolder(core), bytesMax: effective.settings.limits.importBytesMax),
            heldAge: Self.days(retention.heldImportDays),
            operationAge: Self.days(retention.operationDays),
            looks: LookLog(data: core.folder.path),
            time: core.time,
            logger: Self.logger("sweeper", effective.settings)
        )
    }

    /// Held deliveries that no row of the registry names any more.
    func removeForgotten(_ core: Core, _ logger: Logger) async {
        let held = HeldExports(folder: heldFolder(core), bytesMax: effective.settings.limits.importBytesMax)
        do { try held.removeAll(except: try await core.registry.keptFiles()) } catch {
            // What is too many in there costs room, not service.
            logger.warning("kept exports could not be read", metadata: ["error": "\(error)"])
        }
    }
}

extension ListenAddress {
    /// What the configuration's address is to the server.
    fileprivate static func tcp(_ address: HostAndPort) -> ListenAddress {
        .tcp(host: address.host, port: address.port)
    }
}
