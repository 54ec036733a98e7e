/// How a person of an audience stands, by what became of his or her deliveries.
package enum Standing: Hashable, Sendable {
    /// At least one device whose provider accepted.
    case reached
    /// Nothing of this event; the same words of another event, whose delivery a provider accepted.
    case reachedElsewhere
    /// Something is still to do; the reason when there is one (`retrying`, `quietHours`, `merged`, `credentialPaused`, `laneClosed`).
    case waiting(Reason?)
    case notReached(Reason)

    /// How a person with these deliveries stands. `laneReason`: why what is pending on a lane does not move.
    package static func of(
        _ deliveries: [(lane: LaneID, result: SlotResult)],
        role: ConcernedPersons.Role,
        laneReason: (LaneID) -> Reason?
    ) -> Self {
        if role == .author { return .notReached(.author) }
        if deliveries.contains(where: { $0.result.state == .accepted }) { return .reached }
        if deliveries.contains(where: { $0.result.state == .withheld && $0.result.reason == .merged }) {
            return .reachedElsewhere
        }
        if let pending = deliveries.first(where: { $0.result.state == .pending }) {
            return .waiting(laneReason(pending.lane))
        }
        let deferred = deliveries.filter { $0.result.state == .deferred }
        if !deferred.isEmpty {
            // A device that is tried again rings before one that waits for the morning.
            for reason in [Reason.quietHours, .merged] where deferred.allSatisfy({ $0.result.reason == reason }) {
                return .waiting(reason)
            }
            return .waiting(.retrying)
        }
        if deliveries.contains(where: { $0.result.state == .held }) { return .waiting(.held) }
        // Of several endings the one an operator can do most about comes first.
        let order: [DeliveryState] = [.dead, .expired, .dropped, .rejected, .withheld]
        for state in order {
            if let ended = deliveries.first(where: { $0.result.state == state }) {
                return .notReached(
                    ended.result.reason ?? (state == .dead ? .dead : state == .expired ? .expired : .dropped)
                )
            }
        }
        return .notReached(.noDevice)
    }

    package var isReached: Bool { self == .reached || self == .reachedElsewhere }
}
