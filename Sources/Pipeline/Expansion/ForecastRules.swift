package import Delivery
package import Domain
import Providers
package import Store

/// Makes forecasts from a registry, with the resolver of the expansion. Used on one thread.
package struct ForecastRules: Sendable {
    /// UAI codes a publisher is bound to; nil: all.
    package typealias Schools = Set<String>

    private let activeByDefault: Bool
    private let deviceAgeMax: Duration
    private let rules: Current<DeliveryRules>
    private let limits: Limits
    private let isServiceAllowed: @Sendable (_ service: LaneKey) -> Bool

    /// - Parameters:
    ///   - activeByDefault: whether a school that was never switched is active.
    ///   - deviceAgeMax: a device that has not registered for longer is not rung.
    ///   - rules: wishes and quiet hours.
    ///   - limits: how many persons are resolved on one snapshot.
    ///   - isServiceAllowed: whether a push service that has no lane yet would get one.
    package init(
        activeByDefault: Bool,
        deviceAgeMax: Duration,
        rules: Current<DeliveryRules> = Current(.none),
        limits: Limits,
        isServiceAllowed: @escaping @Sendable (_ service: LaneKey) -> Bool
    ) {
        self.activeByDefault = activeByDefault
        self.deviceAgeMax = deviceAgeMax
        self.rules = rules
        self.limits = limits
        self.isServiceAllowed = isServiceAllowed
    }

    /// Holds the sums and the numbers of the pupils, never the audience or its deliveries: about 30 bytes a pupil.
    ///
    /// - Parameters:
    ///   - event: what would be accepted.
    ///   - schools: of the publisher.
    ///   - registry: read a slice of persons a snapshot.
    ///   - lanes: those there are now.
    /// - Returns: the sums.
    /// - Throws: what the registry cannot read.
    package func forecast(
        _ event: Preview,
        schools: Schools?,
        registry: RegistryReader,
        lanes: LaneTable
    ) throws -> Forecast {
        var lanes = lanes
        var resolver = resolver(registry, lanes, event.at)
        let publication = event.publication
        // What is scheduled is expanded at its time: the audience of then is not known, the day of presence is.
        var audience = try resolver.audience(of: publication, acceptedAt: event.at, schools: schools)
        let withheldForAll = try resolver.withheldForAll(publication)
        let hasExpired = event.expiresAt <= event.at
        var forecast = Forecast()
        while !audience.isAtEnd {
            var behind = audience
            let resolved = try registry.snapshot { registry in
                try resolver.routes(
                    of: behind.next(max: limits.personsPerExpansion, from: registry),
                    in: publication,
                    withheldForAll: withheldForAll,
                    now: max(event.at, publication.notBefore ?? event.at)
                )
            }
            let unopened = resolved.reduce(into: Set<LaneKey>()) { $0.formUnion($1.unopened) }
            guard unopened.isEmpty else {
                // As the expander does, the slice is resolved anew; here the lanes are only imagined.
                for service in unopened { open(service, &lanes) }
                resolver = self.resolver(registry, lanes, event.at)
                continue
            }
            for person in resolved { forecast.add(person, hasExpired: hasExpired, laneNames: lanes.names) }
            audience = behind
        }
        forecast.count(audience)
        return forecast
    }

    private func resolver(_ registry: RegistryReader, _ lanes: LaneTable, _ now: Instant) -> Resolver {
        Resolver(
            registry: registry,
            lanes: lanes,
            activeByDefault: activeByDefault,
            seenSince: now - deviceAgeMax,
            rules: rules.value
        )
    }

    private func open(_ service: LaneKey, _ lanes: inout LaneTable) {
        guard lanes.services(of: service.provider) < ServiceLanes.lanesMax, isServiceAllowed(service) else {
            return lanes.close(service: service)
        }
        // Below every lane of a store.
        let free = LaneID(rawValue: min(0, lanes.names.keys.min()?.rawValue ?? 0) - 1)
        lanes.add(free, name: service.serviceName, for: service)
    }
}
