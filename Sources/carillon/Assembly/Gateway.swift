import API
import Delivery
import Domain
import Logging
import Operator
import Pipeline
import Providers
import ServiceLifecycle
import Settings
import Telemetry
import UnixSignals

/// Puts the gateway together and runs it: the one place where everything meets.
struct Gateway {
    /// Everything that needs a drain has this long, all together.
    static let shutdownMax = Duration.seconds(25)
    /// Of that for what is in flight to the push services (five more to record it), and for the requests of each server.
    static let engineDrain = Duration.seconds(10)
    static let listenerDrain = Duration.seconds(2)
    /// For the messages of a broker that keeps nothing, as many as have come.
    static let brokerDrain = Duration.seconds(4)

    let effective: EffectiveSettings
    private let config: String?

    /// - Throws: `SettingsError` with every mistake of the configuration.
    init(config: String?) throws(SettingsError) {
        self.config = config
        effective = try Self.load(config)
    }

    private static func load(_ config: String?) throws(SettingsError) -> EffectiveSettings {
        try SettingsLoader.load(config: config, environment: Environment.current, providers: ProviderList.sections)
    }

    func run() async throws {
        let settings = effective.settings
        let listeners = try Listeners(settings)
        let logger = Self.logger("carillon", settings)
        for warning in effective.warnings {
            // Of a variable that sets nothing the origin is all there is to tell.
            let key = warning.key.isEmpty ? "\(warning.origin)" : warning.key
            logger.warning("configuration", metadata: ["key": "\(key)", "what": "\(warning.allowed)"])
        }
        let core = try await Core(effective, logger)
        // Behind the lock of the data folder: a second gateway on it is told so, and not that its own ports are taken.
        try ListenCheck(effective).check()
        if EarlySignals.wantsEnd { return await core.close(logger) }
        Version.describe(to: core.metrics)
        ProcessMetrics.register(core.metrics)
        let delivery = try await DeliveryServices(settings, core)
        await removeForgotten(core, logger)
        let api = try services(core, delivery, listeners.rules)
        let group = ServiceGroup(
            configuration: .init(
                services: try runningServices(core, delivery, api, listeners.measured(by: core.metrics), logger).map {
                    .init(service: $0)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Self.logger("lifecycle", settings, .warning)
            )
        )
        do { try await group.run() } catch {
            // Somebody took an address between the look and the start: named as at the look.
            try ListenCheck(effective).check()
            throw error
        }
        await core.close(logger)
    }

    /// SIGHUP: everything is read and checked anew; with a mistake the old settings stay.
    func reload(_ core: Core, _ delivery: DeliveryServices) async throws -> EffectiveSettings {
        let loaded = try Self.load(config)
        let settings = loaded.settings
        for definition in try Lanes.definitions(settings, client: core.providerClient, skews: core.skews) {
            let waiting = try await delivery.dispatcher.reload(definition)
            guard !waiting.isEmpty else { continue }
            Self.logger("reload", settings).warning(
                "a part of the lane changes with a restart only",
                metadata: ["lane": "\(definition.name)", "parts": "\(waiting.joined(separator: ", "))"]
            )
        }
        delivery.publishers.replace(Self.entries(settings))
        delivery.bounds.replace(Self.schools(settings))
        delivery.callbacks.replace(settings)
        delivery.ends.replace(settings)
        delivery.kinds.replace(settings.publications)
        delivery.messages.replace(MessageCatalogue(settings.messages))
        delivery.entOrigins.replace(settings.entOrigins)
        delivery.mergeWindow.replace(.seconds(settings.merge.windowSeconds))
        delivery.rules.replace(DeliveryRules(settings, generation: delivery.rules.value.generation + 1))
        return loaded
    }

    static func logger(_ label: String, _ settings: Settings, _ least: Logger.Level? = nil) -> Logger {
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

    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
