package import Domain

/// An event about to be accepted: everything that has to be on disk before the 202 leaves.
package struct NewEvent: Sendable {
    package var publisher: String
    package var publication: Publication
    package var dataClass: DataClass
    package var acceptedAt: Instant
    package var expiresAt: Instant
    /// SHA-256 of publisher, kind of identity and identity.
    package var identity: [UInt8]
    /// SHA-256 of the body as received.
    package var bodyHash: [UInt8]
    /// How long the same identity is the same event.
    package var identityWindow: Duration
    /// Names of the audience that resolve to nothing.
    package var unresolved: [AudienceMember]
    /// It rings in quiet hours by its publisher's right: written down with the orders.
    package var isUrgentByRight: Bool
    /// When quiet hours end that hold it up; told, never stored.
    package var opensAt: Instant?
    /// When its publisher is told how it stands if it has not ended by then; nil: it does not want to be told.
    package var callbackAt: Instant?
    /// What the receipt warns of.
    package var warnings: [ReceiptWarning]
    /// Equal in events that say the same (32 bytes); nil for one that stands alone.
    package var mergeKey: [UInt8]?

    package init(
        publisher: String,
        publication: Publication,
        dataClass: DataClass,
        acceptedAt: Instant,
        expiresAt: Instant,
        identity: [UInt8],
        bodyHash: [UInt8],
        identityWindow: Duration,
        unresolved: [AudienceMember],
        warnings: [ReceiptWarning] = [],
        isUrgentByRight: Bool = false,
        opensAt: Instant? = nil,
        callbackAt: Instant? = nil,
        mergeKey: [UInt8]? = nil
    ) {
        self.publisher = publisher
        self.isUrgentByRight = isUrgentByRight
        self.opensAt = opensAt
        self.publication = publication
        self.dataClass = dataClass
        self.acceptedAt = acceptedAt
        self.expiresAt = expiresAt
        self.identity = identity
        self.bodyHash = bodyHash
        self.identityWindow = identityWindow
        self.unresolved = unresolved
        self.callbackAt = callbackAt
        self.warnings = warnings
        self.mergeKey = mergeKey
    }
}
