package import Domain

/// One step of an expansion: pages, who is concerned, and the moved cursor in one commit.
package struct ExpansionStep: Sendable {
    package var event: EventID
    /// 0 for the first step.
    package var part: Int
    package var pages: [NewPage]
    package var concerned: ConcernedPersons
    /// The last person of this step and those before.
    package var cursor: Int64
    package var isLast: Bool
    package var expiresAt: Instant
    /// Of what waits for quiet hours to end: its time counts from the release. nil: the event names its end itself.
    package var timeToLive: Duration?
    package var isUrgent: Bool
    /// Pupils counted so far; in the last step those of the whole audience.
    package var pupils: Int
    /// Users nobody knows; equal in all steps.
    package var unknownUsers: [String]
    /// Events that say the same and were expanded before; equal in all steps.
    package var mergedWith: [EventID]

    package init(
        event: EventID,
        part: Int,
        pages: [NewPage],
        concerned: ConcernedPersons,
        cursor: Int64,
        isLast: Bool,
        expiresAt: Instant,
        timeToLive: Duration? = nil,
        isUrgent: Bool = false,
        pupils: Int,
        unknownUsers: [String],
        mergedWith: [EventID] = []
    ) {
        self.event = event
        self.part = part
        self.pages = pages
        self.concerned = concerned
        self.cursor = cursor
        self.isLast = isLast
        self.expiresAt = expiresAt
        self.timeToLive = timeToLive
        self.isUrgent = isUrgent
        self.pupils = pupils
        self.unknownUsers = unknownUsers
        self.mergedWith = mergedWith
    }

    /// When a delivery ends that is let go at `release`.
    func expiry(releasedAt release: Instant) -> Instant {
        timeToLive.map { max(expiresAt, release + $0) } ?? expiresAt
    }
}
