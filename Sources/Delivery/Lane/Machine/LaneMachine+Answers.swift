import Domain
import Providers
import Store

/// What an answer, or the lack of one, makes of a delivery and of the lane.
extension LaneMachine {
    /// A request has ended.
    mutating func answered(_ ticket: UInt64, _ answer: LaneAnswer, _ now: Moment, host: inout HostHealth) -> Landing {
        let flight = land(ticket, &host)
        var answer = answer
        let classification = answer.classification
        if classification.verdict == .ambiguous { answer.latency = now.wall - flight.sentAt }
        var landing = Landing()
        if flight.delivery.isUnproven, classification.verdict == .accepted { prove(flight.delivery) }
        if let number = flight.test {
            landing.retiresConnection = classification.verdict == .resend(.retire)
            actions.append(.testEnded(number, classification))
            return landing
        }
        let verdict = classification.verdict
        if answer.isAnswered {
            if disconnection != nil { isConnected(now) }
            landing.answered = flight.delivery.event.id
            judge(verdict)
        }
        switch verdict {
        case .accepted:
            succeeded(&host)
            refusals.forget()
            platformAccepted(flight.delivery)
            let delivery = flight.delivery
            landing.accepted = (delivery.event.urgency, now.wall - delivery.event.acceptedAt)
            let attempts = delivery.attempts + 1
            let result: SlotResult =
                delivery.isRecap
                ? .acceptedInRecap
                : .accepted(
                    attempts: attempts,
                    latencyMilliseconds: answer.latency.wholeMilliseconds,
                    isSentAsGeneric: delivery.push.isSentAsGeneric
                )
            keep(flight, result, answer, isExceptional: attempts > 1)
        case .tokenDead(let since):
            succeeded(&host)
            blame(flight.delivery, .gone(since: since ?? flight.sentAt), classification.reason, now)
            keep(flight, SlotResult(.rejected, reason: verdict.rejection), answer)
        case .tokenSuspect:
            succeeded(&host)
            blame(flight.delivery, .suspect, classification.reason, now)
            keep(flight, SlotResult(.rejected, reason: verdict.rejection), answer)
        case .payloadRefused:
            succeeded(&host)
            keep(flight, SlotResult(.rejected, reason: verdict.rejection), answer)
        case .platformFault: platformFailed(flight, classification, now)
        case .credentialFault: credentialFailed(flight, answer, now, &host)
        case .laneBusy:
            giveBack(flight)
            react(to: classification, now, &host)
        case .resend(let wish): landing.retiresConnection = resend(flight, wish, answer, now, &host)
        case .deferred(let retryAfter):
            if classification.isFailureOfLane { failed(classification, now, &host) } else { succeeded(&host) }
            putOff(flight, answer, retryAfter, now)
        case .ambiguous:
            failed(classification, now, &host)
            putOff(flight, answer, nil, now)
        }
        return landing
    }

    /// A refused credential, a "not now" or a run of failures closes the lane, and its host when it says something of the host.
    mutating func react(to classification: Classification, _ now: Moment, _ host: inout HostHealth) {
        let why =
            classification.status > 0 ? "\(classification.status) \(classification.reason)" : classification.reason
        let before = lane.word
        switch classification.verdict {
        case .credentialFault: lane.credentialRefused(why, now: now.monotonic)
        case .laneBusy(let retryAfter):
            lane.busy(
                why,
                retryAfter: retryAfter?.wholeMilliseconds,
                now: now.monotonic,
                random: .random(in: 0..<1, using: &random)
            )
        default: lane.failed(why, now: now.monotonic, random: .random(in: 0..<1, using: &random))
        }
        if Self.isOfTheHost(classification) {
            host.state.failed(why, now: now.monotonic, random: .random(in: 0..<1, using: &random))
        }
        lastError = why
        if lane.word != before { actions.append(.conditionChanged) }
    }

    /// A refused credential and a quota are the lane's own; lost answers and 5xx say something of the host, too.
    private static func isOfTheHost(_ classification: Classification) -> Bool {
        switch classification.verdict {
        case .credentialFault, .platformFault: false
        case .laneBusy: classification.status >= 500
        default: true
        }
    }

    /// The provider works, for the lane and for its host.
    private mutating func succeeded(_ host: inout HostHealth) {
        lane.answered()
        host.state.answered()
    }

    private mutating func failed(_ classification: Classification, _ now: Moment, _ host: inout HostHealth) {
        react(
            to: Classification(.ambiguous, status: classification.status, reason: classification.reason),
            now,
            &host
        )
    }

    /// The refusal of one owner's subscription may be its own fault: it waits on the disk while the service is asked through others.
    private mutating func credentialFailed(
        _ flight: Flight,
        _ answer: LaneAnswer,
        _ now: Moment,
        _ host: inout HostHealth
    ) {
        if rules.accusersMin > 1 {
            let accusers = refusals.accused(by: flight.delivery.person, now: now.monotonic)
            guard accusers >= rules.accusersMin else { return putOff(flight, answer, Self.doubtWait, now) }
        }
        // So many owners: it is the credential, and this delivery waits with the lane.
        giveBack(flight)
        react(to: answer.classification, now, &host)
    }

    /// The mass guard looks on: when too many targets are called bad it is not the targets.
    private mutating func judge(_ verdict: Verdict) {
        switch verdict {
        case .tokenDead, .tokenSuspect: break
        default: massGuard.passed()
        }
    }

    /// The phone has answered for a newcomer: the other account loses it.
    private mutating func prove(_ delivery: LoadedDelivery) {
        produced.faults.append(
            TargetFault(
                lane: rules.name,
                device: delivery.device,
                targetHash: delivery.targetHash.bytes,
                kind: .proven,
                reason: "accepted"
            )
        )
    }

    /// A proof about a target.
    private mutating func blame(_ delivery: LoadedDelivery, _ kind: TargetFault.Kind, _ reason: String, _ now: Moment) {
        let doubtfulSince = massGuard.blamed(delivery.person, now: now.monotonic)
        produced.faults.append(
            TargetFault(
                lane: rules.name,
                device: delivery.device,
                targetHash: delivery.targetHash.bytes,
                kind: kind,
                reason: reason,
                isHeld: massGuard.isFrozen
            )
        )
        if let doubtfulSince { actions.append(.removalsFrozen(since: doubtfulSince)) }
    }

    /// The lane has to wait, not this delivery: not an attempt.
    private mutating func giveBack(_ flight: Flight) {
        if let ending = flight.ending { end(flight.delivery, ending) } else { ready.putBack(flight.delivery) }
    }

    /// True: no new request on this connection.
    private mutating func resend(
        _ flight: Flight,
        _ wish: Verdict.ConnectionAdvice,
        _ answer: LaneAnswer,
        _ now: Moment,
        _ host: inout HostHealth
    ) -> Bool {
        var delivery = flight.delivery
        delivery.resends += 1
        guard delivery.resends <= Self.resendsMax else {
            failed(answer.classification, now, &host)
            putOff(flight, answer, nil, now)
            return false
        }
        if let ending = flight.ending { end(delivery, ending) } else { ready.putFirst(delivery) }
        switch answer.advice {
        case .none: return wish != .keep
        case .reverted: return false
        case .replaced: return true
        case .hopeless:
            refused(answer.classification, now, &host)
            return true
        case .refresh:
            if refusals.contains(flight.credential) { return false }
            if !refusals.isEmpty { refused(answer.classification, now, &host) }
            // Also of the second: each probe shall have a credential that was not refused yet.
            refusals.refused(flight.credential)
            refresh(rejected: flight.credential)
            return false
        }
    }

    private mutating func refused(_ classification: Classification, _ now: Moment, _ host: inout HostHealth) {
        react(
            to: Classification(.credentialFault, status: classification.status, reason: classification.reason),
            now,
            &host
        )
    }

    mutating func refresh(rejected: UInt64?) {
        guard !isRefreshing else { return }
        isRefreshing = true
        actions.append(.refreshCredential(rejected: rejected))
    }
}
