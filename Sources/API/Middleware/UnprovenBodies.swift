import Contract
import HTTPTypes
import Synchronization

/// The bytes of all bodies that are read before anybody has proven to have sent them: one bound over all connections.
package final class UnprovenBodies: Sendable {
    private let bytesMax: Int
    private let bytes = Mutex(0)

    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Runs `body` with so many bytes taken from the bound; 503 when it has not as many left.
    func holding<T>(_ count: Int, retryAfter: Int, _ body: () async throws(Problem) -> T) async throws(Problem) -> T {
        let fits = bytes.withLock { bytes in
            guard bytes + count <= bytesMax else { return false }
            bytes += count
            return true
        }
        guard fits else {
            var problem = Problem(
                .overloaded,
                "Too many unproven requests are under way; try again, or send a publisher key."
            )
            problem.headers[.retryAfter] = "\(retryAfter)"
            problem.leavesBodyUnread = true
            throw problem
        }
        defer { bytes.withLock { $0 -= count } }
        return try await body()
    }
}
