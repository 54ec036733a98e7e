import Domain
import FanOut
import Providers
import Store
import Telemetry

/// What an answer, or the lack of one, makes of a delivery and of the lane. On the loop thread.
extension LaneFeed {
    func conclude(
        _ flight: InFlight,
        _ classification: Classification,
        _ latency: Duration,
        _ now: Instant,
        _ connection: ConnectionID
    ) -> AfterAnswer {
        let delivery = flight.delivery
        if delivery.isUnproven, classification.verdict == .accepted { prove(delivery) }
        if let reply = delivery.reply {
            reply(classification)
            return .keep
        }
        let attempts = delivery.attempts + 1
        if platformPart.probe != nil, classification.verdict != .accepted { probeLanded(delivery) }
        switch classification.verdict {
        case .accepted:
            succeeded()
            if !accusers.isEmpty { accusers = [] }
            platformAccepted(delivery)
            if !refusedTokens.isEmpty { refusedTokens = [] }
            metrics.accepted.add()
            metrics.eventSeconds[Int(delivery.event.urgency.rawValue)].observe(now - delivery.event.acceptedAt)
            let result = SlotResult.accepted(attempts: attempts, latencyMilliseconds: latency.wholeMilliseconds)
            keep(flight, result, classification, latency, attempts, isExceptional: attempts > 1)
        case .tokenDead(let since):
            succeeded()
            blame(delivery, .gone(since: since ?? flight.sentAt), classification.reason)
            keep(
                flight,
                SlotResult(.rejected, reason: classification.verdict.rejection),
                classification,
                latency,
                attempts
            )
        case .tokenSuspect:
            succeeded()
            blame(delivery, .suspect, classification.reason)
            keep(
                flight,
                SlotResult(.rejected, reason: classification.verdict.rejection),
                classification,
                latency,
                attempts
            )
        case .payloadRefused:
            succeeded()
            keep(
                flight,
                SlotResult(.rejected, reason: classification.verdict.rejection),
                classification,
                latency,
                attempts
            )
        case .platformFault: platformFailed(flight, classification, now)
        case .credentialFault where !isBeyondDoubt(delivery):
            // One subscription that is answered "not you" may be its own fault; the service is asked through others first.
            putOff(flight, classification, latency, attempts, Self.doubtWait, now)
        case .credentialFault, .laneBusy:
            if let ending = flight.ending { end(delivery, ending) } else { stock.putBack(delivery) }
            react(to: classification)
        case .resend(let advice): return resend(flight, advice, classification, connection, now)
        case .deferred(let retryAfter):
            if classification.isFailureOfLane { failed(classification) } else { succeeded() }
            putOff(flight, classification, latency, attempts, retryAfter, now)
        case .ambiguous:
            failed(classification)
            putOff(flight, classification, latency, attempts, nil, now)
        }
        return .keep
    }

    func react(to classification: Classification) {
        let why =
            classification.status > 0 ? "\(classification.status) \(classification.reason)" : classification.reason
        let before = lane.word
        switch classification.verdict {
        case .credentialFault: lane.credentialRefused(why, now: time.monotonic())
        case .laneBusy(let retryAfter):
            lane.busy(
                why,
                retryAfter: retryAfter?.wholeMilliseconds,
                now: time.monotonic(),
                random: .random(in: 0..<1, using: &random)
            )
        default: lane.failed(why, now: time.monotonic(), random: .random(in: 0..<1, using: &random))
        }
        if isOfTheHost(classification) {
            host.state.failed(why, now: time.monotonic(), random: .random(in: 0..<1, using: &random))
        }
        lastError = why
        if lane.word != before { signal(.conditionChanged) }
    }

    /// A push service's address is the parent's word: anybody may register one that answers 401, and must not stop the lane with it.
    private func isBeyondDoubt(_ delivery: LoadedDelivery) -> Bool {
        guard case .webpush = wire else { return true }
        if accusers.count < Self.accusersMin { accusers.insert(delivery.device) }
        return accusers.count >= Self.accusersMin
    }

    /// The provider works, for the lane and for its host.
    private func succeeded() {
        lane.answered()
        host.state.answered()
    }

    /// A refused credential and a quota are the lane's own; lost answers and 5xx say something of the host, too.
    private func isOfTheHost(_ classification: Classification) -> Bool {
        switch classification.verdict {
        case .credentialFault, .platformFault: false
        case .laneBusy: classification.status >= 500
        default: true
        }
    }

    /// The phone has answered for a newcomer: the other account loses it.
    private func prove(_ delivery: LoadedDelivery) {
        produced.faults.append(
            TargetFault(
                lane: metrics.lane,
                device: delivery.device,
                targetHash: delivery.targetHash,
                kind: .proven,
                reason: "accepted"
            )
        )
    }

    /// A proof about a target. The mass guard looks on: when too many come it is not the targets.
    private func blame(_ delivery: LoadedDelivery, _ kind: TargetFault.Kind, _ reason: String) {
        let pulled = massGuard.blamed(delivery.device, now: time.monotonic())
        produced.faults.append(
            TargetFault(
                lane: metrics.lane,
                device: delivery.device,
                targetHash: delivery.targetHash,
                kind: kind,
                reason: reason,
                isHeld: massGuard.isFrozen
            )
        )
        if pulled { signal(.removalsFrozen) }
    }

    private func failed(_ classification: Classification) {
        react(to: Classification(.ambiguous, status: classification.status, reason: classification.reason))
    }

    private func resend(
        _ flight: InFlight,
        _ advice: Verdict.ConnectionAdvice,
        _ classification: Classification,
        _ connection: ConnectionID,
        _ now: Instant
    ) -> AfterAnswer {
        var delivery = flight.delivery
        delivery.resends += 1
        guard delivery.resends <= Self.resendsMax else {
            failed(classification)
            putOff(flight, classification, .zero, delivery.attempts + 1, nil, now)
            return .keep
        }
        if let ending = flight.ending { end(delivery, ending) } else { stock.putFirst(delivery) }
        switch (advice, flight.credential) {
        case (.keep, _): return .keep
        case (.retire, _): return .retireConnection
        case (.renewCredential, .fcm(let token)):
            if refusedTokens.contains(token.value) { return .keep }
            if !refusedTokens.isEmpty {
                react(
                    to: Classification(.credentialFault, status: classification.status, reason: classification.reason)
                )
            }
            // Also of the second: each probe shall have a token that was not refused yet.
            refuse(token.value)
            refresh(rejected: token)
            return .keep
        case (.renewCredential, .apns(let token)):
            if refusedTokens.contains(token.value) { return .closeConnection }
            guard case .apns(let lane) = wire, refusedTokens.isEmpty, lane.expire(token, now: now) else {
                react(
                    to: Classification(.credentialFault, status: classification.status, reason: classification.reason)
                )
                return .closeConnection
            }
            refuse(token.value)
            return .closeConnection
        case (.revertCredential, .apns(let token)):
            guard case .apns(let lane) = wire else { return .keep }
            return lane.revert(connection, rejected: token, now: now) ? .keep : .retireConnection
        case (.revertCredential, .fcm), (.revertCredential, .webpush), (.renewCredential, .webpush):
            return .retireConnection
        }
    }

    private func refuse(_ token: String) {
        if refusedTokens.count >= Self.refusedTokensMax { refusedTokens = [] }
        refusedTokens.insert(token)
    }

    private func putOff(
        _ flight: InFlight,
        _ classification: Classification,
        _ latency: Duration,
        _ attempts: Int,
        _ retryAfter: Duration?,
        _ now: Instant
    ) {
        let decision = policy.decide(
            attempts: attempts,
            retryAfter: retryAfter,
            expiresAt: flight.delivery.event.expiresAt,
            now: now,
            random: .random(in: 0..<1, using: &random)
        )
        switch decision {
        case .retry where flight.ending != nil:
            keep(flight, flight.ending ?? .pending, classification, latency, attempts)
        case .retry(let due):
            keep(flight, SlotResult(.deferred, reason: .retrying), classification, latency, attempts, retryAt: due)
        case .expire: keep(flight, SlotResult(.expired, reason: .expired), classification, latency, attempts)
        case .giveUp: keep(flight, SlotResult(.dead, reason: .dead), classification, latency, attempts)
        }
    }

    private func keep(
        _ flight: InFlight,
        _ result: SlotResult,
        _ classification: Classification,
        _ latency: Duration,
        _ attempts: Int,
        retryAt: Instant? = nil,
        isExceptional: Bool = true
    ) {
        let delivery = flight.delivery
        let attempt =
            isExceptional
            ? Outcome.Attempt(
                at: flight.sentAt,
                milliseconds: latency.wholeMilliseconds,
                status: classification.status,
                reason: classification.reason
            )
            : nil
        produced.outcomes.append(
            Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: result,
                retryAt: retryAt,
                attempts: attempts,
                attempt: attempt,
                isRetry: delivery.isRetry
            )
        )
        if result.state != .accepted { metrics.count(result.state) }
    }

    /// Ends a delivery without an attempt.
    func end(_ delivery: LoadedDelivery, _ result: SlotResult) {
        produced.outcomes.append(
            Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: result,
                attempts: delivery.attempts,
                isRetry: delivery.isRetry
            )
        )
        metrics.count(result.state)
    }

    /// The delivery waits on the disk for a reason that is not its own. Not an attempt.
    func hold(_ delivery: LoadedDelivery, _ now: Instant, _ wait: Duration) {
        let due = now + wait
        guard due < delivery.event.expiresAt else { return end(delivery, SlotResult(.expired, reason: .expired)) }
        produced.outcomes.append(
            Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: SlotResult(.deferred, reason: .retrying),
                retryAt: due,
                attempts: delivery.attempts,
                isRetry: delivery.isRetry
            )
        )
        metrics.count(.deferred)
    }
}

extension NotProcessed {
    var lost: LostAnswer {
        switch self {
        case .goAway: .goAway
        case .refusedStream: .refusedStream
        case .neverWritten: .neverWritten
        case .malformed: .malformed
        }
    }
}

extension Ambiguity {
    var lost: LostAnswer {
        switch self {
        case .deadline: .deadline
        case .reset: .reset
        case .connectionLost: .connectionLost
        case .shutdown: .shutdown
        }
    }
}
