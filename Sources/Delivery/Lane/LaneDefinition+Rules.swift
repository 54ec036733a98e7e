import Domain
import Providers

extension LaneDefinition {
    /// Owners whose push service, which their own devices named, has to say "not you" before it is believed.
    private static let accusersMin = 3

    func rules(_ limits: Limits) -> LaneRules {
        LaneRules(
            name: name,
            policy: RetryPolicy(attemptsMax: limits.attemptsMax),
            bounds: bounds,
            lowWater: limits.deliveriesLoadedPerLane / 2,
            accusersMin: provider.isServiceNamedByAddress ? Self.accusersMin : 1,
            hasOrdinaryClient: provider.fallsBackToHTTP1,
            seed: .random(in: .min ... .max)
        )
    }
}
