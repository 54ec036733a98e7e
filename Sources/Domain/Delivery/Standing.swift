/// How a person of an audience stands, by what became of his or her deliveries.
package enum Standing: Hashable, Sendable {
    /// At least one device whose provider accepted.
    case reached
    /// Nothing of this event alone: a provider accepted the same words of another event (`merged`), or one message for several events
    /// (`recap`).
    case reachedElsewhere(Reason)
    /// Something is still to do; the reason when there is one (`retrying`, `quietHours`, `recap`, `merged`, `credentialPaused`, `laneClosed`).
    case waiting(Reason?)
    case notReached(Reason)

    /// How a person with these deliveries stands. `laneReason`: why what is pending on a lane does not move.
    package static func of(
        _ deliveries: [(lane: LaneID, result: SlotResult)],
        role: ConcernedPersons.Role,
        laneReason: (LaneID) -> Reason?
    ) -> Self {
        if role == .author { return .notReached(.author) }
        if deliveries.contains(where: { $0.result.state == .accepted && $0.result.reason == nil }) { return .reached }
        if deliveries.contains(where: { $0.result == .acceptedInRecap }) { return .reachedElsewhere(.recap) }
        if deliveries.contains(where: { $0.result.state == .withheld && $0.result.reason == .merged }) {
            return .reachedElsewhere(.merged)
        }
        if let pending = deliveries.first(where: { $0.result.state == .pending }) {
            return .waiting(laneReason(pending.lane))
        }
        let deferred = deliveries.filter { $0.result.state == .deferred }
        if !deferred.isEmpty {
            // The soonest: a device that is tried again rings before one that waits for the morning.
            let waits = [Reason.quietHours, .merged, .recap]
            let known = deferred.compactMap { result in waits.firstIndex { $0 == result.result.reason } }
            guard known.count == deferred.count, let soonest = known.max() else { return .waiting(.retrying) }
            return .waiting(waits[soonest])
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

    package var isReached: Bool {
        switch self {
        case .reached, .reachedElsewhere: true
        case .waiting, .notReached: false
        }
    }
}
