package import Domain

/// A signed token for one push service. A secret for its hours: printing it shows no more than where it goes and when
/// it ends.
package struct VAPIDToken: Hashable, Sendable {
    /// The push service it is for, `https://host` with the port when it is not 443.
    package let origin: String
    /// The whole value of the `authorization` header.
    package let authorization: String
    package let issuedAt: Instant
    /// From here on the next use makes another.
    package let renewAt: Instant
    package let expiresAt: Instant
}

extension VAPIDToken: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "VAPIDToken(origin: \(origin), expiresAt: \(expiresAt.seconds))" }
    package var debugDescription: String { description }
}
