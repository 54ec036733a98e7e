import API
import Providers
import Settings
import Telemetry

/// What each of the three listeners may hold, from the configuration and the process's limit on descriptors.
struct Listeners {
    private let plan: DescriptorPlan
    private let settings: Settings
    private var metrics: MetricRegistry?

    /// Raises the limit on descriptors as far as it goes.
    ///
    /// - Throws: `DescriptorPlan.LimitError`, exit 78.
    init(_ settings: Settings) throws(DescriptorPlan.LimitError) {
        self.settings = settings
        plan = try DescriptorPlan(limit: DescriptorPlan.raiseLimit(), lanes: settings.providers.lanesToPlanFor)
    }

    /// Publishers, parents and everybody else.
    var publicLimits: ListenerLimits {
        var limits = ListenerLimits()
        limits.connectionsMax = plan.publicMax
        limits.connectionsPerAddressMax = max(1, plan.publicMax / 2)
        limits.threads = 2
        limits.proxies = TrustedProxies(settings.server.trustedProxies)
        limits.metrics = measured("public")
        return limits
    }

    var metricsLimits: ListenerLimits { inside(plan.metricsMax, "metrics") }

    var adminLimits: ListenerLimits { inside(plan.adminMax, "admin") }

    /// The same, with their connections counted.
    func measured(by metrics: MetricRegistry) -> Listeners {
        var listeners = self
        listeners.metrics = metrics
        return listeners
    }

    private func measured(_ listener: String) -> ListenerMetrics? {
        metrics.map { ListenerMetrics($0, listener: listener) }
    }

    /// Of the handlers behind the public listener.
    var rules: HTTPRules {
        var rules = HTTPRules(settings.limits)
        rules.proxies = TrustedProxies(settings.server.trustedProxies)
        rules.allowedOrigins = settings.devices.allowedOrigins
        return rules
    }

    private func inside(_ connections: Int, _ listener: String) -> ListenerLimits {
        var limits = ListenerLimits()
        limits.connectionsMax = connections
        limits.connectionsPerAddressMax = connections
        limits.sendBufferBytes = nil
        limits.metrics = measured(listener)
        return limits
    }
}
