import Contract
import Domain
import HTTPTypes
package import Pipeline
import Synchronization

/// The configured publishers and what proves them; replaced as a whole when the settings are read again.
package final class PublisherDirectory: Sendable {
    package struct Entry: Sendable {
        package var publisher: Publisher
        /// Raw bytes of every live secret (``StandardWebhooks/secret(_:)``).
        package var secrets: [[UInt8]]
        /// SHA-256 of every live key (``PublisherKey/entry(line:)``).
        package var keyHashes: [[UInt8]]

        package init(publisher: Publisher, secrets: [[UInt8]], keyHashes: [[UInt8]]) {
            self.publisher = publisher
            self.secrets = secrets
            self.keyHashes = keyHashes
        }
    }

    private let entries: Mutex<[Entry]>

    package init(_ entries: [Entry]) { self.entries = Mutex(entries) }

    /// Requests under way keep what they began with.
    package func replace(_ entries: [Entry]) { self.entries.withLock { $0 = entries } }

    /// What a request says of its sender, before its body is read.
    struct Claim: Sendable {
        fileprivate var entries: [Entry]
        /// Whom the bearer key proves.
        fileprivate var keyHolder: Entry?
        fileprivate var signature: Signature?

        fileprivate struct Signature: Sendable {
            var id: String?
            var timestamp: String?
            var signatures: String
        }
    }

    /// Who sent a request.
    struct Proof: Sendable {
        var publisher: Publisher
        /// Only the body is proven: headers may be another's.
        var isSignatureOnly: Bool
    }

    /// Refuses a request without credentials, or with a wrong key, before its body costs anything.
    func claim(header: (String) -> String?) throws(Problem) -> Claim {
        let entries = entries.withLock { $0 }
        var claim = Claim(entries: entries)
        if let signatures = header("webhook-signature") {
            claim.signature = .init(
                id: header("webhook-id"),
                timestamp: header("webhook-timestamp"),
                signatures: signatures
            )
        }
        if let authorization = header("Authorization") {
            guard let key = BearerToken.read(authorization),
                let holder = entries.first(where: { PublisherKey.match(key, among: $0.keyHashes) != nil })
            else { throw Self.unauthenticated("The key is not known here.", hasToken: true) }
            claim.keyHolder = holder
        }
        guard claim.signature != nil || claim.keyHolder != nil else {
            throw Self.unauthenticated("Sign the request, or send a publisher key as bearer.", hasToken: false)
        }
        return claim
    }

    /// Ends a claim once the body is here: as received, empty for a request without one. 401 when the signature does not count.
    func prove(_ claim: Claim, body: [UInt8], now: Instant) throws(Problem) -> Proof {
        guard let signature = claim.signature else {
            guard let holder = claim.keyHolder else { preconditionFailure("A claim has a key or a signature.") }
            return Proof(publisher: holder.publisher, isSignatureOnly: false)
        }
        // A key beside the signature narrows whose signature it may be.
        let candidates = claim.keyHolder.map { [$0] } ?? claim.entries
        var fault = StandardWebhooks.Fault.mismatch
        for entry in candidates {
            do throws(StandardWebhooks.Fault) {
                try StandardWebhooks.verify(
                    secrets: entry.secrets,
                    id: signature.id,
                    timestamp: signature.timestamp,
                    signatures: signature.signatures,
                    body: body,
                    now: now
                )
                return Proof(publisher: entry.publisher, isSignatureOnly: claim.keyHolder == nil)
            } catch { fault = error }
        }
        var problem = Problem(.invalidSignature, "The signature does not count: \(fault.rawValue).")
        problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: false)
        throw problem
    }

    /// Proven by a key alone, before the body is read: for bodies too large to be held for a signature.
    func keyHolder(header: (String) -> String?) throws(Problem) -> Publisher {
        let claim = try claim(header: header)
        guard let holder = claim.keyHolder else {
            throw Self.unauthenticated(
                "A body of this size is sent with a publisher key, not a signature.",
                hasToken: false
            )
        }
        return holder.publisher
    }

    private static func unauthenticated(_ detail: String, hasToken: Bool) -> Problem {
        var problem = Problem(.unauthenticated, detail)
        problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: hasToken)
        return problem
    }
}
