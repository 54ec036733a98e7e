package import Domain
package import FanOut
package import Providers
import Synchronization

/// Writes nothing and takes every answer for an acceptance; says which connections it was told to forget.
package final class QuietWire: Wire {
    package let renewal: CredentialRenewal
    /// Whether there is another credential than the refused one.
    private let hasAnother: Bool
    private let forgotten = Mutex<[ConnectionID]>([])

    package init(renewal: CredentialRenewal = .never, hasAnother: Bool = false) {
        self.renewal = renewal
        self.hasAnother = hasAnother
    }

    package var forgottenConnections: [ConnectionID] { forgotten.withLock { $0 } }

    package func write(
        _ push: Push,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential? { nil }

    package func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        Classification(.accepted, status: status, reason: "")
    }

    package func expire(_ credential: UsedCredential, now: Instant) -> Bool { hasAnother }

    package func revert(_ connection: ConnectionID, rejected: UsedCredential, now: Instant) -> Bool { hasAnother }

    package func forget(_ connection: ConnectionID) { forgotten.withLock { $0.append(connection) } }
}
