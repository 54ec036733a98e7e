package import FanOut
package import Providers

/// A lane as the configuration names it: one credential and environment of one provider.
package struct LaneDefinition: Sendable {
    package enum Credential: Sendable {
        case apns(APNsCredential, topic: String)
        case fcm(projectID: String, AccessTokens)
    }

    /// `fcm/<name>`, `apns/<name>`.
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
