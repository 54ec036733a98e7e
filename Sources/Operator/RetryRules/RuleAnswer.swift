import Domain

/// What a classified answer does to a delivery, its token and its lane, in words and times. The rules are those of `Verdict`, `RetryPolicy`
/// and `LaneState`; nothing is decided here.
struct RuleAnswer {
    /// Uniform in 0..<1: the luckiest and the unluckiest draw.
    private static let draws = (lowest: 0.0, highest: 1.0.nextDown)

    let classification: Classification
    /// One browser's refusal is not yet the push service's.
    let isServiceNamedByAddress: Bool
    let policy: RetryPolicy
    /// Made, this one included.
    let attempts: Int
    let now: Instant
    let expiresAt: Instant

    private struct Step {
        /// The number of the next attempt; nil: the last one was made.
        var attempt: Int?
        var earliest: Instant
        var latest: Instant
        var outcome: String
    }

    /// `accepted rejected deferred resend laneFault`.
    var kind: String {
        switch classification.verdict {
        case .accepted: "accepted"
        case .tokenDead, .tokenSuspect, .payloadRefused: "rejected"
        case .deferred, .ambiguous: "deferred"
        case .resend: "resend"
        case .credentialFault, .platformFault, .laneBusy: "laneFault"
        }
    }

    private var isAttempt: Bool { ["accepted", "rejected", "deferred"].contains(kind) }

    private var delivery: String {
        switch classification.verdict {
        case .accepted: "accepted"
        case .tokenDead, .tokenSuspect, .payloadRefused:
            say("rejected, \(classification.verdict.rejection?.word ?? "-")")
        case .deferred: say("deferred; counts as an attempt")
        case .ambiguous: say("deferred, sent again with the same identifiers; counts as an attempt")
        case .resend: say("sent again at once on another turn; no attempt")
        case .credentialFault, .laneBusy: say("goes back to waiting; no attempt")
        case .platformFault: say("waits for the platform's credential; no attempt")
        }
    }

    private var token: String {
        switch classification.verdict {
        case .tokenDead(let since?):
            say("removed, if it was registered before \(since.rfc3339)")
        case .tokenDead(nil): say("removed, if it was registered before the sending")
        case .tokenSuspect: say("suspect: no longer rung until it registers again")
        default: say("kept")
        }
    }

    private var lane: String {
        switch classification.verdict {
        case .credentialFault:
            isServiceNamedByAddress
                ? say(
                    "credentialFault once several browsers meet it; until then the delivery waits; a probe each \(probe)"
                )
                : say("credentialFault: stops, a probe each \(probe)")
        case .laneBusy: say("open: stops, then one probe")
        case .platformFault: say("goes on for all others")
        case .resend(.renewCredential): say("renews its access or provider token; refused again: credentialFault")
        case .resend(.revertCredential): say("goes back to the provider token before")
        case .resend(.retire): say("goes on; the connection is retired")
        case _ where classification.isFailureOfLane:
            say("goes on; \(LaneState.failuresMax) in a row open the breaker")
        default: say("goes on")
        }
    }

    private var probe: String { RelativeTime.length(LaneState.probeIntervalMilliseconds / 1000) }

    /// When the lane asks again, earliest and latest; nil while it goes on.
    private var laneTimes: (Instant, Instant)? {
        func end(_ random: Double) -> Instant? {
            var lane = LaneState()
            switch classification.verdict {
            case .credentialFault: lane.credentialRefused("", now: 0)
            case .laneBusy(let wait):
                lane.busy("", retryAfter: wait?.wholeMilliseconds, now: 0, random: random)
            default: return nil
            }
            return lane.wakeAt.map { now + .milliseconds($0) }
        }
        guard let first = end(Self.draws.lowest), let last = end(Self.draws.highest) else { return nil }
        return (min(first, last), max(first, last))
    }

    /// Until the attempts or the time are used up, as if each met the same answer.
    private var steps: [Step] {
        let wait: Duration?
        switch classification.verdict {
        case .deferred(let asked): wait = asked
        case .ambiguous: wait = nil
        default: return []
        }
        var steps: [Step] = []
        var (early, late) = (now, now)
        for made in attempts...max(attempts, policy.attemptsMax) {
            func decide(_ at: Instant, _ random: Double) -> RetryPolicy.Decision {
                policy.decide(attempts: made, retryAfter: wait, expiresAt: expiresAt, now: at, random: random)
            }
            switch (decide(early, Self.draws.lowest), decide(late, Self.draws.highest)) {
            case (.retry(let first), .retry(let last)):
                (early, late) = (first, last)
                steps.append(Step(attempt: made + 1, earliest: first, latest: last, outcome: "attempt"))
            case (.retry(let first), _):
                // The unlucky ends here; the lucky goes on.
                early = first
                steps.append(
                    Step(attempt: made + 1, earliest: first, latest: expiresAt, outcome: say("attempt, or expired"))
                )
            case (.expire, _): return steps + [Step(earliest: early, latest: expiresAt, outcome: "expired")]
            case (.giveUp, _): return steps + [Step(earliest: early, latest: late, outcome: "dead")]
            }
        }
        return steps
    }

    func json(provider: String) -> JSONObject {
        var object = JSONObject()
        object["at"] = .string(now.rfc3339)
        object["provider"] = .string(provider)
        object["status"] = .number(classification.status)
        object["reason"] = .string(classification.reason)
        object["class"] = .string(kind)
        object["isAttempt"] = .bool(isAttempt)
        object["delivery"] = .string(delivery)
        object["token"] = .string(token)
        object["lane"] = .string(lane)
        let times = laneTimes
        object["laneEarliest"] = times.map { .string($0.0.rfc3339) } ?? .null
        object["laneLatest"] = times.map { .string($0.1.rfc3339) } ?? .null
        object["attempts"] = .number(attempts)
        object["attemptsMax"] = .number(policy.attemptsMax)
        object["expiresAt"] = .string(expiresAt.rfc3339)
        object["next"] = .array(
            steps.map { step in
                [
                    "attempt": step.attempt.map { .number($0) } ?? .null, "outcome": .string(step.outcome),
                    "earliest": .string(step.earliest.rfc3339), "latest": .string(step.latest.rfc3339),
                ]
            }
        )
        return object
    }

    func lines(provider: String) -> [String] {
        func time(_ from: Instant, _ until: Instant) -> String {
            let (first, last) = ((from - now).components.seconds, (until - now).components.seconds)
            return first == last
                ? say("in \(RelativeTime.length(first))")
                : say("in \(RelativeTime.length(first)) to \(RelativeTime.length(last))")
        }
        let status = classification.status == 0 ? say("no answer") : "\(classification.status)"
        var lines = [
            "\(provider) \(status) \(classification.reason): \(kind)", say("  delivery  \(delivery)"),
            say("  token     \(token)"),
            say("  lane      \(lane)") + (laneTimes.map { say("; it asks again \(time($0.0, $0.1))") } ?? ""),
        ]
        let steps = steps
        if !steps.isEmpty { lines.append(say("next, if the answer stays the same")) }
        lines += steps.map { step in
            let name = step.attempt.map { say("attempt \($0)") } ?? say("then")
            let what = step.outcome == "attempt" ? "" : "  \(step.outcome)"
            guard step.attempt != nil else { return "  \(name)\(what)" }
            return "  \(name)  \(time(step.earliest, step.latest))\(what)"
        }
        return lines
    }
}
