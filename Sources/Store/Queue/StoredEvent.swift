package import Domain

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
