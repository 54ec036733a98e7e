package import Domain

/// A part of a resend that fits one commit.
package struct ResendStep: Sendable {
    package var operation: Int64
    package var event: EventID
    /// The expansion step that these persons belong to.
    package var part: Int
    /// New pages for persons of that step, all slots pending.
    package var pages: [NewPage]
    /// The last person of this step; those up to it are not looked at again after a restart.
    package var last: PersonID
    package var expiresAt: Instant
    package var isUrgent: Bool

    package init(
        operation: Int64,
        event: EventID,
        part: Int,
        pages: [NewPage],
        last: PersonID,
        expiresAt: Instant,
        isUrgent: Bool
    ) {
        self.operation = operation
        self.event = event
        self.part = part
        self.pages = pages
        self.last = last
        self.expiresAt = expiresAt
        self.isUrgent = isUrgent
    }
}

extension ResendStep {
    /// As pages are inserted: those of a later step of the event.
    var expansion: ExpansionStep {
        ExpansionStep(
            event: event,
            part: part,
            pages: pages,
            concerned: ConcernedPersons(entries: []),
            cursor: last.rawValue,
            isLast: false,
            expiresAt: expiresAt,
            isUrgent: isUrgent,
            pupils: 0,
            unknownUsers: []
        )
    }
}
