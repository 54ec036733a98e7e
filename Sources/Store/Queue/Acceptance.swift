package import Domain

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
