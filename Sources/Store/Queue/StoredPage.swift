package import Domain

/// A page as it stands in the store.
package struct StoredPage: Sendable {
    package var id: PageID
    package var event: EventID
    package var lane: LaneID
    /// The step of the expansion it was made in.
    package var part: Int
    /// When it was committed.
    package var openedAt: Instant
    package var expiresAt: Instant
    package var plan: Plan
    package var result: PageResult
}
