/// What becomes of a delivery when quiet hours let several go for one device: one message for all of them.
///
/// A delivery of the group carries the message, the others follow it. Which one is decided when it is loaded, and written down with the
/// followers (record 0033).
package enum Recap: Hashable, Sendable {
    /// It says what it has to say.
    case none
    /// It announces `count` events: its own and those of `followers`.
    case carried(followers: [DeliveryID], count: Int)
    /// Another delivery will.
    case awaited

    /// A delivery that may be announced now: let go, and looked at again.
    package struct Member: Hashable, Sendable {
        package var delivery: DeliveryID
        package var event: EventID
        /// When it is, or was, loaded.
        package var dueAt: Instant
        /// Which delivery announces it; nil: none does, or that one rings no more.
        package var carrier: DeliveryID?

        package init(delivery: DeliveryID, event: EventID, dueAt: Instant, carrier: DeliveryID? = nil) {
            self.delivery = delivery
            self.event = event
            self.dueAt = dueAt
            self.carrier = carrier
        }
    }

    /// - Parameters:
    ///   - own: is loaded now, and follows none.
    ///   - members: of its device and person, `own` among them.
    ///   - from: so many events make a recap.
    /// - Returns: what becomes of `own`.
    package static func of(_ own: DeliveryID, among members: [Member], from: Int) -> Recap {
        let followers = members.filter { $0.carrier == own }
        // What may have gone out as a recap is one again, under the same identifier, though others have left it.
        if !followers.isEmpty { return carried(by: own, members.filter { $0.delivery == own } + followers) }
        let free = members.filter { $0.carrier == nil }
        guard Set(free.map(\.event)).count >= max(from, 2),
            let first = free.min(by: { ($0.dueAt, $0.delivery) < ($1.dueAt, $1.delivery) })
        else { return .none }
        return first.delivery == own ? carried(by: own, free) : .awaited
    }

    private static func carried(by own: DeliveryID, _ members: [Member]) -> Recap {
        .carried(
            followers: members.map(\.delivery).filter { $0 != own }.sorted(),
            count: Set(members.map(\.event)).count
        )
    }
}
