import Contract
import Domain
import HTTPTypes
package import Pipeline
import Synchronization

/// The configured publishers and what proves them; replaced as a whole when the settings are read again.
package final class PublisherDirectory: Sendable {
    package struct Entry: Sendable {
        package var publisher: Publisher
        /// Raw bytes of every live secret.
        package var secrets: [[UInt8]]
        package var keys: [PublisherKey]

        package init(publisher: Publisher, secrets: [[UInt8]], keys: [PublisherKey]) {
            self.publisher = publisher
            self.secrets = secrets
            self.keys = keys
        }
    }

    private let entries: Mutex<[Entry]>

    package init(_ entries: [Entry]) { self.entries = Mutex(entries) }

    /// Requests under way keep what they began with; a key that stays keeps when it was used.
    package func replace(_ entries: [Entry]) {
        self.entries.withLock { current in
            let known = current.flatMap(\.keys)
            for key in entries.flatMap(\.keys) {
                if let same = known.first(where: { $0.sha256 == key.sha256 }) { key.use.take(over: same.use) }
            }
            current = entries
        }
    }

    /// nil when there is none of the name (any more).
    func publisher(named name: String) -> Publisher? {
        entries.withLock { $0 }.first { $0.publisher.name == name }?.publisher
    }

    /// Who may publish, with the keys and when each was used last since the start.
    func views(now: Instant) -> [PublisherView] { entries.withLock { $0 }.map { PublisherView($0, now: now) } }

    /// What a request says of its sender, before its body is read.
    struct Claim: Sendable {
        /// Whose signature it may be.
        fileprivate var signers: [Entry] = []
        fileprivate var signature: StandardWebhooks.Head?
        /// Whom the bearer key proves; without one the body is nobody's until it is read.
        fileprivate(set) var keyHolder: Entry?
    }

    /// Who sent a request.
    struct Proof: Sendable {
        var publisher: Publisher
        /// `webhook-id` and body are proven by a signature.
        var isSigned: Bool
    }

    /// Refuses what the head alone shows to be wrong, before the body costs anything: no credentials, a wrong key, a signature that is
    /// malformed, too old or nobody's here.
    func claim(header: (String) -> String?, now: Instant) throws(Problem) -> Claim {
        let entries = entries.withLock { $0 }
        var claim = Claim()
        if let authorization = header("Authorization") {
            guard let key = BearerToken.read(authorization), let hash = PublisherKey.hash(key),
                let holder = entries.first(where: { $0.keys.contains { $0.isUsed(hash, now: now) } })
            else { throw Self.unauthenticated("The key is not known here.", hasToken: true) }
            claim.keyHolder = holder
        }
        if let signatures = header("webhook-signature") {
            // A key beside the signature narrows whose signature it may be.
            claim.signers = (claim.keyHolder.map { [$0] } ?? entries).filter { !$0.secrets.isEmpty }
            do throws(StandardWebhooks.Fault) {
                claim.signature = try StandardWebhooks.head(
                    id: header("webhook-id"),
                    timestamp: header("webhook-timestamp"),
                    signatures: signatures,
                    now: now
                )
                guard !claim.signers.isEmpty else { throw .mismatch }
            } catch { throw Self.invalidSignature(error, timestamp: header("webhook-timestamp"), now: now) }
        }
        guard claim.signature != nil || claim.keyHolder != nil else {
            throw Self.unauthenticated("Sign the request, or send a publisher key as bearer.", hasToken: false)
        }
        return claim
    }

    /// Ends a claim once the body is here: as received, empty for a request without one. 401 when the signature does not count.
    func prove(_ claim: Claim, body: [UInt8]) throws(Problem) -> Proof {
        guard let signature = claim.signature else {
            guard let holder = claim.keyHolder else { preconditionFailure("A claim has a key or a signature.") }
            return Proof(publisher: holder.publisher, isSigned: false)
        }
        let signer = claim.signers.first { StandardWebhooks.isGenuine(signature, body: body, secrets: $0.secrets) }
        guard let signer else { throw Self.invalidSignature(.mismatch) }
        return Proof(publisher: signer.publisher, isSigned: true)
    }

    /// Proven by a key alone, before the body is read: for bodies too large to be held for a signature.
    func keyHolder(header: (String) -> String?, now: Instant) throws(Problem) -> Publisher {
        let claim = try claim(header: header, now: now)
        guard let holder = claim.keyHolder else {
            throw Self.unauthenticated(
                "A body of this size is sent with a publisher key, not a signature.",
                hasToken: false
            )
        }
        return holder.publisher
    }

    private static func invalidSignature(
        _ fault: StandardWebhooks.Fault,
        timestamp: String? = nil,
        now: Instant? = nil
    ) -> Problem {
        let sentence = fault.sentence(timestamp: timestamp.flatMap { Int64($0) }, now: now)
        var problem = Problem(.invalidSignature, "The signature does not count (\(fault.rawValue)): \(sentence)")
        problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: false)
        return problem
    }

    private static func unauthenticated(_ detail: String, hasToken: Bool) -> Problem {
        var problem = Problem(.unauthenticated, detail)
        problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: hasToken)
        return problem
    }
}

extension PublisherView {
    fileprivate init(_ entry: PublisherDirectory.Entry, now: Instant) {
        self.init()
        name = entry.publisher.name
        rights = entry.publisher.rights.map(\.rawValue).sorted()
        schools = entry.publisher.schools?.sorted()
        signs = !entry.secrets.isEmpty
        keys = entry.keys.map { key in
            var view = PublisherKeyView()
            view.id = key.id
            view.until = key.until
            view.hasEnded = key.hasEnded(now)
            view.lastUsedAt = key.use.last
            return view
        }
    }
}
