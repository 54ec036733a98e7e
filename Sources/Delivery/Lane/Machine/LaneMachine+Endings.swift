import Domain
import Providers
import Store

/// How a delivery leaves the lane: with an outcome for the store.
extension LaneMachine {
    /// Put off to a time of its own; an attempt.
    mutating func putOff(_ flight: Flight, _ answer: LaneAnswer, _ retryAfter: Duration?, _ now: Moment) {
        let decision = rules.policy.decide(
            attempts: flight.delivery.attempts + 1,
            retryAfter: retryAfter,
            expiresAt: flight.delivery.event.expiresAt,
            now: now.wall,
            random: .random(in: 0..<1, using: &random)
        )
        switch decision {
        case .retry where flight.ending != nil: keep(flight, flight.ending ?? .pending, answer)
        case .retry(let due): keep(flight, SlotResult(.deferred, reason: .retrying), answer, retryAt: due)
        case .expire: keep(flight, SlotResult(.expired, reason: .expired), answer)
        case .giveUp: keep(flight, SlotResult(.dead, reason: .dead), answer)
        }
    }

    /// The outcome of an attempt.
    mutating func keep(
        _ flight: Flight,
        _ result: SlotResult,
        _ answer: LaneAnswer,
        retryAt: Instant? = nil,
        isExceptional: Bool = true
    ) {
        let delivery = flight.delivery
        let attempt =
            isExceptional
            ? Outcome.Attempt(
                at: flight.sentAt,
                milliseconds: answer.latency.wholeMilliseconds,
                status: answer.classification.status,
                reason: answer.classification.reason
            )
            : nil
        produced.outcomes.append(
            Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: result,
                retryAt: retryAt,
                attempts: delivery.attempts + 1,
                attempt: attempt,
                isRetry: delivery.isRetry
            )
        )
    }

    /// Ends a delivery without an attempt.
    mutating func end(_ delivery: LoadedDelivery, _ result: SlotResult, retryAt: Instant? = nil) {
        produced.outcomes.append(
            Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: result,
                retryAt: retryAt,
                attempts: delivery.attempts,
                isRetry: delivery.isRetry
            )
        )
    }

    /// The delivery waits on the disk for a reason that is not its own. Not an attempt.
    mutating func hold(_ delivery: LoadedDelivery, _ now: Instant, _ wait: Duration) {
        let due = now + wait
        guard due < delivery.event.expiresAt else { return end(delivery, SlotResult(.expired, reason: .expired)) }
        end(delivery, SlotResult(.deferred, reason: .retrying), retryAt: due)
    }
}
