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

    package init(name: String, key: LaneTable.Key, credential: Credential, engine: LaneConfiguration) {
        self.name = name
        self.key = key
        self.credential = credential
        self.engine = engine
    }
}
