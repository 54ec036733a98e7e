package import Domain

/// A part of an order that fits one commit.
package struct OrderSlice: Sendable {
    package var operation: Int64
    package var verb: OrderVerb
    package var withDead: Bool
    package var isFresh: Bool
    /// Ascending, with the slots that are meant.
    package var pages: [(page: PageID, slots: [Int])]
    /// Under way when the order came: they finish, and their outcome counts.
    package var inFlight: Set<DeliveryID>
    /// What was skipped so far, this slice not counted.
    package var skipped: [String: Int]

    package init(
        operation: Int64,
        verb: OrderVerb,
        withDead: Bool,
        isFresh: Bool,
        pages: [(page: PageID, slots: [Int])],
        inFlight: Set<DeliveryID>,
        skipped: [String: Int]
    ) {
        self.operation = operation
        self.verb = verb
        self.withDead = withDead
        self.isFresh = isFresh
        self.pages = pages
        self.inFlight = inFlight
        self.skipped = skipped
    }
}
