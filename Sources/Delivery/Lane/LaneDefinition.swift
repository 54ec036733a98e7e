package import Domain
package import FanOut
package import Providers

/// A lane as the configuration names it: one credential and environment of one provider.
package struct LaneDefinition: Sendable {
    package enum Credential: Sendable {
        case apns(APNsCredential, topic: String, isTimeSensitiveAllowed: Bool)
        case fcm(projectID: String, AccessTokens)
        case webpush(WebPushCredential, PushEndpoint)
    }

    /// `fcm/<name>`, `apns/<name>`, `webpush/<host>`.
    package var name: String
    package var key: LaneTable.Key
    package var credential: Credential
    package var engine: LaneConfiguration
    package var bounds: LaneBounds

    package init(
        name: String,
        key: LaneTable.Key,
        credential: Credential,
        engine: LaneConfiguration,
        bounds: LaneBounds
    ) {
        self.name = name
        self.key = key
        self.credential = credential
        self.engine = engine
        self.bounds = bounds
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

    func rules(_ limits: Limits) -> LaneRules {
        LaneRules(
            name: name,
            policy: RetryPolicy(attemptsMax: limits.attemptsMax),
            bounds: bounds,
            lowWater: limits.deliveriesLoadedPerLane / 2,
            accusersMin: key.provider == .webpush ? 3 : 1,
            hasOrdinaryClient: key.provider == .webpush,
            seed: .random(in: .min ... .max)
        )
    }

    var form: MessageForm {
        switch credential {
        case .apns(_, _, let isTimeSensitiveAllowed): .apns(isTimeSensitiveAllowed: isTimeSensitiveAllowed)
        case .fcm: .fcm
        case .webpush(_, let endpoint): .webpush(bytesMax: WebPushMessage.bytesMax(host: endpoint.host))
        }
    }
}

/// What a lane may ask of its provider.
package struct LaneBounds: Hashable, Sendable {
    /// Requests under way at most.
    package var windowMax: Int
    /// The provider's quota of the credential; nil: none is known.
    package var messagesPerMinute: Int?
    /// Of one phone; nil: the provider has none.
    package var deviceMessagesPerMinute: Int?

    package init(windowMax: Int, messagesPerMinute: Int? = nil, deviceMessagesPerMinute: Int? = nil) {
        self.windowMax = windowMax
        self.messagesPerMinute = messagesPerMinute
        self.deviceMessagesPerMinute = deviceMessagesPerMinute
    }
}
