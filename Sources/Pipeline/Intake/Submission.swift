package import Domain
package import Store
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

/// The answer to an accepted event: it is on the disk.
package struct Receipt: Hashable, Sendable {
    package var id: EventID
    package var state: EventState
    package var isDuplicate: Bool
    package var unresolved: [AudienceMember]
    package var warnings: [ReceiptWarning] = []
    /// When quiet hours end that hold it up; nil: nothing does.
    package var opensAt: Instant?
}

/// Why an event was not taken; nothing was stored.
package enum IntakeError: Error, Hashable, Sendable {
    /// `data.school` is not in the directory: 422.
    case unknownSchool(String)
    /// `data.school` or a school of the audience is outside the publisher's rights: 403.
    case forbiddenSchool(String)
    /// The key of this entry of the audience is that of several, in the schools of these UAIs: 422.
    case ambiguousKey(index: Int, schools: [String])
    /// The CloudEvents source is not the publisher's: 403.
    case forbiddenSource(String)
    /// Urgent, while there are quiet hours, from a publisher without that right: 403.
    case urgentForbidden
    /// Same identity, other body: 409.
    case conflict(EventID)
    /// The event named is of the same or a newer revision of the same subject: 409.
    case staleRevision(EventID)
    /// The store cannot promise now: 503 with Retry-After.
    case unavailable(StoreError)
}
