package import Crypto

/// What Apple knows about one developer: who may sign, with which key, for which app.
package struct APNsAccount: Sendable {
    package var teamID: String
    package var keyID: String
    /// The app's bundle id; push types with a suffix add it to this.
    package var topic: String
    package var key: P256.Signing.PublicKey

    package init(teamID: String, keyID: String, topic: String, key: P256.Signing.PublicKey) {
        self.teamID = teamID
        self.keyID = keyID
        self.topic = topic
        self.key = key
    }
}
