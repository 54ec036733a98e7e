/// A notification that passed every check.
package struct APNsPush: Sendable {
    package var token: String
    /// Of the provider token it came with.
    package var keyID: String
    package var topic: String
    package var pushType: String
    /// As sent, or nil: the simulator then makes one for the answer, as Apple does.
    package var apnsID: String?
    package var expiration: Int64?
    package var priority: Int?
    package var collapseID: String?
    package var payload: JSON
}
