import Domain
import FanOut
import Providers
import Synchronization

/// Writes nothing, and says which connections it was told to forget.
final class QuietWire: Wire {
    private let forgotten = Mutex<[ConnectionID]>([])

    var forgottenConnections: [ConnectionID] { forgotten.withLock { $0 } }

    func write(
        _ push: Push,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential? { nil }

    func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        Classification(.accepted, status: status, reason: "")
    }

    func forget(_ connection: ConnectionID) { forgotten.withLock { $0.append(connection) } }
}
