import API
import Delivery
import Domain
import FanOut
import Operator
import Pipeline
import Providers
import Settings
import Store

/// The way from an accepted event to the push services, and what a reload changes of it.
struct DeliveryServices {
    let engine: FanOutEngine
    let dispatcher: Dispatcher
    let expander: Expander
    let orders: OrderRunner
    let disk: DiskWatch
    let publishers: PublisherDirectory
    let bounds: SchoolBounds
    let callbacks: CallbackTargets
    let ends: CredentialEnds
    let kinds: Current<PublicationCatalogue>
    let messages: Current<MessageCatalogue>
    let entOrigins: Current<Set<String>>
    let mergeWindow: Current<Duration>
    let rules: Current<DeliveryRules>
    let waiting: QuietHoursReview
    let alarms: LaneAlarms
    let broker: BrokerStatus

    init(_ settings: Settings, _ core: Core) async throws {
        let rules = Current(DeliveryRules(settings))
        self.rules = rules
        engine = FanOutEngine()
        try engine.start()
        var measured = DispatchMetrics(core.metrics)
        measured.spans = core.spans
        let metrics = measured
        kinds = Current(settings.publications)
        messages = Current(MessageCatalogue(settings.messages))
        entOrigins = Current(settings.entOrigins)
        mergeWindow = Current(.seconds(settings.merge.windowSeconds))
        dispatcher = try Dispatcher(
            queue: core.queue,
            registry: core.registry,
            engine: engine,
            stores: core.stores,
            services: Lanes.services(settings, client: core.pushClient, skews: core.skews),
            kinds: kinds,
            messages: messages,
            rules: rules,
            limits: settings.limits,
            time: core.time,
            metrics: metrics,
            logger: Gateway.logger("dispatcher", settings)
        )
        for definition in try Lanes.definitions(settings, client: core.providerClient, skews: core.skews) {
            try await dispatcher.add(definition)
        }
        try await dispatcher.openKnownServices()
        publishers = PublisherDirectory(Gateway.entries(settings))
        let bounds = SchoolBounds(Gateway.schools(settings))
        self.bounds = bounds
        callbacks = CallbackTargets(settings)
        ends = CredentialEnds(settings)
        broker = BrokerStatus(core.metrics, publisher: settings.nats?.publisher, time: core.time)
        alarms = LaneAlarms(core.metrics, metrics, logger: Gateway.logger("lanes", settings))
        expander = try Expander(
            queue: core.queue,
            dispatcher: dispatcher,
            stores: core.stores,
            lanes: dispatcher.table,
            activeByDefault: settings.schools.areActiveByDefault,
            deviceAgeMax: Gateway.days(settings.retention.deviceStaleDays),
            publisherSchools: { bounds[$0] },
            mergeWindow: mergeWindow,
            rules: rules,
            limits: settings.limits,
            time: core.time,
            spans: core.spans,
            logger: Gateway.logger("expander", settings)
        )
        waiting = try QuietHoursReview(
            queue: core.queue,
            stores: core.stores,
            wishChanges: core.registry.wishChanges,
            rules: rules,
            time: core.time,
            logger: Gateway.logger("waiting", settings)
        )
        orders = try OrderRunner(
            queue: core.queue,
            stores: core.stores,
            lanes: LaneStops(dispatcher),
            expander: expander,
            time: core.time,
            logger: Gateway.logger("orders", settings)
        )
        disk = DiskWatch(
            folder: core.folder,
            limits: settings.storage.disk,
            isBlocked: { [dispatcher] in dispatcher.isBlocked },
            logger: Gateway.logger("disk", settings)
        )
        disk.tend()
    }
}
