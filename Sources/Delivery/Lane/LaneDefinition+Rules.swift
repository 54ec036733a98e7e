import Domain
import FanOut
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
            forwardedPlatforms: provider.forwardedPlatforms,
            seed: .random(in: .min ... .max)
        )
    }

    /// What of this definition a lane that runs by `old` takes over at its next start only.
    func waitingForRestart(from old: LaneDefinition) -> [String] {
        let (old, new) = (old, self)
        let parts: [(String, Bool)] = [
            ("app or environment", old.key == new.key),
            ("endpoint", old.engine.host == new.engine.host && old.engine.port == new.engine.port),
            ("proxy", old.engine.proxy == new.engine.proxy),
            ("CA file", old.engine.extraCAFile == new.engine.extraCAFile),
            ("connections", old.engine.rules == new.engine.rules && old.bounds.windowMax == new.bounds.windowMax),
            ("deadline", old.engine.requestDeadline == new.engine.requestDeadline),
        ]
        return parts.filter { !$0.1 }.map(\.0)
    }
}
