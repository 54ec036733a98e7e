package import Domain
package import FanOut

/// How a lane speaks to its provider: what to write for a delivery, what an answer means. On the lane's thread, but ``refresh(rejected:at:)``.
///
/// A lane holds one. Per delivery there is one call of each kind, and no allocation but the buffers' growth.
package protocol Wire: AnyObject, Sendable {
    var renewal: CredentialRenewal { get }

    /// Writes the request; nil when there is no credential at this moment, and ``refresh(rejected:at:)`` is to be called.
    func write(
        _ push: Push,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential?

    func classify(_ answer: borrowing Answer, now: Instant) -> Classification

    /// Whether the credential that was used last ends soon, and a refresh is worth starting.
    func wantsRefresh(at now: Instant) -> Bool

    /// Asks for a credential; from any thread. `rejected`: one that an answer refused.
    ///
    /// - Returns: nil when there is one to send with, else what the lane does about it.
    func refresh(rejected: UsedCredential?, at now: Instant) async -> Classification?

    /// After an answer that called the credential expired: drops it, so that the next use makes another. False: that would not help.
    func expire(_ credential: UsedCredential, now: Instant) -> Bool

    /// After an answer that says credentials change too often: the connection goes back to the one before. False: there is none.
    func revert(_ connection: ConnectionID, rejected: UsedCredential, now: Instant) -> Bool

    /// The connection is closed.
    func forget(_ connection: ConnectionID)

    /// The request of ``write(_:to:on:now:scratch:)`` for the ordinary client; nil when that never serves this provider.
    func ordinaryRequest(for push: Push, now: Instant) throws -> OrdinaryRequest?

    /// An answer of the ordinary client.
    func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification
}

extension Wire {
    package var renewal: CredentialRenewal { .never }
    package func wantsRefresh(at now: Instant) -> Bool { false }
    package func refresh(rejected: UsedCredential?, at now: Instant) async -> Classification? { nil }
    package func expire(_ credential: UsedCredential, now: Instant) -> Bool { false }
    package func revert(_ connection: ConnectionID, rejected: UsedCredential, now: Instant) -> Bool { false }
    package func forget(_ connection: ConnectionID) {}
    package func ordinaryRequest(for push: Push, now: Instant) throws -> OrdinaryRequest? { nil }

    package func classify(_ answer: borrowing Answer, now: Instant) -> Classification {
        classify(status: answer.status, body: answer.body, retryAfter: answer.header("retry-after"), now: now)
    }
}

/// What becomes of a credential that an answer refused (`renewCredential`).
package enum CredentialRenewal: Sendable {
    /// Nothing: it is signed anew by itself, and no answer asks for another.
    case never
    /// Another is asked for elsewhere (``Wire/refresh(rejected:at:)``); the connection serves on.
    case fetched
    /// The next use makes another after ``Wire/expire(_:now:)``, on a new connection.
    case minted
}

/// A request for a push service without HTTP/2.
package struct OrdinaryRequest: Sendable {
    package var url: String
    /// Lower-case names.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(url: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}
