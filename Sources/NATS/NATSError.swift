internal import CNATS
internal import Glibc

/// The server cannot be reached, does not let us in, or has gone. `reason` names no secret.
package struct NATSError: Error, Hashable, Sendable {
    package var reason: String

    package init(reason: String) { self.reason = reason }
}
