/// By what a repetition is told from a new event.
package struct PostedIdentity: Hashable, Sendable {
    /// As ``NewEvent/identity``.
    package var scope: [UInt8]
    /// SHA-256 of the bytes that "same body" compares.
    package var bodyHash: [UInt8]
    /// As ``NewEvent/identityWindow``.
    package var window: Duration

    package init(scope: [UInt8], bodyHash: [UInt8], window: Duration) {
        self.scope = scope
        self.bodyHash = bodyHash
        self.window = window
    }
}
