package import Domain
import Store
package import Telemetry

/// One posted event on its way to the store.
package struct Submission: Sendable {
    package enum Identity: Sendable {
        /// CloudEvents `source` and `id`.
        case event(source: String, id: String)
        case idempotencyKey(String)
        /// A retry by signature keeps its id.
        case webhookID(String)
        /// The body itself, for a minute.
        case bytes
    }

    package var publication: Publication
    package var identity: Identity
    /// The bytes that "same body" compares.
    package var body: [UInt8]
    /// What its own text is warned of; the directory may add to it.
    package var warnings: [ReceiptWarning]
    /// Where its request stands in the sender's trace.
    package var trace: TraceParent?
    /// When a stream took it that may send it again; nil: nobody keeps it. From then on it lives, and its bytes are one event from a minute before.
    package var keptSince: Instant?

    package init(
        publication: Publication,
        identity: Identity,
        body: [UInt8],
        warnings: [ReceiptWarning] = [],
        keptSince: Instant? = nil
    ) {
        self.publication = publication
        self.identity = identity
        self.body = body
        self.warnings = warnings
        self.keptSince = keptSince
    }
}
