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

/// What became of an event that was posted.
package enum Acceptance: Hashable, Sendable {
    case created(EventID, EventState)
    /// Same identity, same body: the first answer again, with the state it named then.
    case duplicate(EventID, EventState, unresolved: [AudienceMember], warnings: [ReceiptWarning] = [])
    /// Same identity, other body.
    case conflict(EventID)
    /// The event named is of the same or a newer revision of the same source and subject.
    case stale(EventID)
}

/// An event as the store holds it.
package struct StoredEvent: Sendable {
    package var id: EventID
    package var state: EventState
    package var publisher: String
    package var school: String?
    package var app: String
    package var action: String
    package var urgency: Urgency
    package var dataClass: DataClass
    package var acceptedAt: Instant
    package var notBefore: Instant?
    package var expiresAt: Instant
    package var doneAt: Instant?
    package var subject: String?
    /// The event whose id is the collapse key; its own unless it corrects another.
    package var collapse: EventID
    /// The last person whose pages exist; -1 before the first.
    package var cursor: Int64
    package var parts: Int
    /// Pupils concerned, those without guardian included.
    package var pupils: Int
    package var unresolved: [AudienceMember]
    /// Users neither directory nor devices know; a plan refers to them by index.
    package var unknownUsers: [String]
    /// The operation that withdrew it.
    package var withdrawal: Int64?
    /// The operation that ended it in favour of a newer revision.
    package var superseding: Int64?
    /// What its receipt warned of.
    package var warnings: [ReceiptWarning]
    /// Events that say the same and were expanded before it: whom they ring, it does not.
    package var mergedWith: [EventID]

    /// How its deliveries end that have not begun when it is withdrawn or superseded; nil for an event that goes on.
    package var ending: SlotResult? { Self.ending(isWithdrawn: withdrawal != nil, isSuperseded: superseding != nil) }

    static func ending(isWithdrawn: Bool, isSuperseded: Bool) -> SlotResult? {
        if isWithdrawn { return OrderVerb.withdraw.mark }
        return isSuperseded ? OrderVerb.supersede.mark : nil
    }
}

/// By what a repetition is told from a new event.
package struct PostedIdentity: Hashable, Sendable {
    /// As ``NewEvent/identity``.
    package var scope: [UInt8]
    /// SHA-256 of the bytes that "same body" compares.
    package var bodyHash: [UInt8]
    /// As ``NewEvent/identityWindow``.
    package var window: Duration

    package init(scope: [UInt8], bodyHash: [UInt8], window: Duration) {
        self.scope = scope
        self.bodyHash = bodyHash
        self.window = window
    }
}
