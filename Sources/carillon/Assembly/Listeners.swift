import API
import Providers
import Settings

/// What each of the three listeners may hold, from the configuration and the process's limit on descriptors.
struct Listeners {
    private let plan: DescriptorPlan
    private let settings: Settings

    /// Raises the limit on descriptors as far as it goes.
    ///
    /// - Throws: `DescriptorPlan.Shortage`, exit 78.
    init(_ settings: Settings) throws(DescriptorPlan.Shortage) {
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
        return limits
    }

    var metricsLimits: ListenerLimits { inside(plan.metricsMax) }

    var adminLimits: ListenerLimits { inside(plan.adminMax) }

    /// Of the handlers behind the public listener.
    var rules: HTTPRules {
        var rules = HTTPRules(settings.limits)
        rules.proxies = TrustedProxies(settings.server.trustedProxies)
        rules.allowedOrigins = settings.devices.allowedOrigins
        return rules
    }

    private func inside(_ connections: Int) -> ListenerLimits {
        var limits = ListenerLimits()
        limits.connectionsMax = connections
        limits.connectionsPerAddressMax = connections
        limits.sendBufferBytes = nil
        return limits
    }
}
