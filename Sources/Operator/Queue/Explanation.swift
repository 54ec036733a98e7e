import Contract
import Domain
import Store

/// Sentences for people on why something is where it is.
struct Explanation {
    let inspection: Inspection
    let facts: LaneFacts
    let now: Instant

    func sentences(of row: DeliveryRow) throws -> [String] {
        let result = row.result
        switch result.state {
        case .pending:
            var sentences = [say("It has not been tried yet.")]
            if let event = try inspection.ask({ try $0.event(row.event) }) { sentences += standing(of: event) }
            return sentences + [lane(row.lane)] + [expiry(row.expiresAt)]
        case .accepted where result.reason == .recap: return [Self.sentence(.recap), Self.unshown]
        case .accepted:
            let accepted =
                row.attempts <= 1
                ? say("The provider accepted it at the first attempt.")
                : say("The provider accepted it after \(row.attempts) attempts.")
            let bare = result.isSentAsGeneric ? [say("The phone has no keys: it got what generic shows.")] : []
            return [accepted] + bare + [Self.unshown]
        case .deferred where result.reason == .merged:
            let other = try merged(row)
            return [say("Of another publication: \(Self.sentence(.merged))")] + [other].compactMap { $0 }
                + [expiry(row.expiresAt)]
        case .deferred where result.reason == .recap:
            return [
                say(
                    "One message announces it together with others of the night; it ends when a provider has accepted that one, and rings by itself when it cannot."
                ),
                expiry(row.expiresAt),
            ]
        case .deferred where result.reason == .quietHours:
            return [quiet(row.nextAt, school: row.school), expiry(row.expiresAt)]
        case .deferred:
            let last = try inspection.ask { try $0.attempts(of: row.id) }.last
            let why = last.map {
                say("The last of \(row.attempts) attempts failed: \(digits: $0.status) \($0.reason).")
            }
            let next = row.nextAt.map { say("It is tried again \(RelativeTime.text($0, now: now)) (\($0.rfc3339)).") }
            return [why, next, lane(row.lane), expiry(row.expiresAt)].compactMap { $0 }
        case .held:
            return [
                say("An operator holds it; it does not expire."),
                say("carillon queue release \(row.id) lets it go on."),
            ]
        case .dead: return try dead(row)
        case .rejected, .withheld, .expired, .dropped:
            let reason = result.reason.map(Self.sentence)
            let last = result.state == .rejected ? try inspection.ask { try $0.attempts(of: row.id) }.last : nil
            let other = result.reason == .merged ? try merged(row) : nil
            let word =
                other.map { [$0] } ?? last.map { [say("The provider's word was \(digits: $0.status) \($0.reason).")] }
                ?? []
            return [reason ?? say("It ended as \(result.state).")] + word
        }
    }

    /// What it died of, and what a person may do about it.
    private func dead(_ row: DeliveryRow) throws -> [String] {
        var sentences = [say("Each of \(row.attempts) attempts failed; it is a dead letter.")]
        let last = try inspection.ask { try $0.attempts(of: row.id) }.last
        if let last {
            let answer = last.status == 0 ? say("no answer, \(last.reason)") : "\(last.status) \(last.reason)"
            sentences.append(say("The last answer was \(answer), \(RelativeTime.text(last.at, now: now))."))
        }
        sentences.append(lane(row.lane))
        let isOver = row.expiresAt <= now
        sentences.append(
            isOver
                ? say(
                    "Its time to live is over, \(RelativeTime.text(row.expiresAt, now: now)): it can be sent late only."
                )
                : say("It can still arrive in time: it expires \(RelativeTime.text(row.expiresAt, now: now)).")
        )
        sentences.append(say("Try: carillon dead retry \(row.id)\(isOver ? " --fresh-ttl" : "")"))
        sentences.append(say("Or: carillon dead drop \(row.id) --why 'looked at' --yes"))
        return sentences
    }

    /// Which events ring in place of this delivery's.
    private func merged(_ row: DeliveryRow) throws -> String? {
        let events = try inspection.ask { try $0.event(row.event) }?.mergedWith ?? []
        return events.isEmpty ? nil : say("It is one of: \(events.map(\.description).joined(separator: ", ")).")
    }

    func sentences(of report: EventReport) -> [String] {
        let sums = report.deliveries
        var sentences = standing(of: report.event)
        sentences.append(
            say(
                "Of \(sums.total) deliveries \(sums.accepted) were accepted, \(sums.pending) were not tried yet, \(sums.deferred) wait for another attempt, \(sums.rejected) were rejected, \(sums.expired) expired; \(sums.withheld) persons get nothing."
            )
        )
        if report.inRecap > 0 {
            sentences.append(
                say(
                    "Of the accepted \(report.inRecap) were announced by one message for several publications of the night."
                )
            )
        }
        if report.sentAsGeneric > 0 {
            sentences.append(
                say(
                    "Of the accepted \(report.sentAsGeneric) went to phones without keys, as generic: without the text."
                )
            )
        }
        let open = report.persons.flatMap(\.deliveries).filter { !$0.result.state.isTerminal }
        let quieted = open.filter { $0.opensAt != nil }
        if let first = quieted.compactMap(\.opensAt).min() {
            sentences.append(quiet(first, school: report.event.school, count: quieted.count))
        }
        let waiting = Set(open.filter { $0.opensAt == nil }.map(\.lane)).sorted()
        sentences += waiting.map(lane)
        var reasons: [Reason: Int] = [:]
        for person in report.guardians {
            if case .notReached(let reason) = person.standing { reasons[reason, default: 0] += 1 }
        }
        for reason in Reason.allCases {
            if let count = reasons[reason] { sentences.append(say("\(count) guardians: \(Self.sentence(reason))")) }
        }
        return sentences
    }

    /// Why a row that cannot be read holds up what belongs to it.
    static func sentences(of row: UnreadableRowError) -> [String] {
        let what =
            switch row.table {
            case .event: say("Nothing can be made or sent of it; it ends with its time to live.")
            case .page: say("Which of its deliveries were accepted nobody knows; nothing of it is sent any more.")
            case .device, .operation, .preference, .import: say("It is passed over.")
            }
        return ["\(row.said).", what, say("Try: carillon doctor, then the runbook, The store is damaged.")]
    }

    private func standing(of event: StoredEvent) -> [String] {
        switch event.state {
        case .scheduled:
            [
                event.notBefore.map {
                    say("The event waits for its time, \($0.rfc3339) (\(RelativeTime.text($0, now: now))).")
                } ?? say("The event waits for its time.")
            ]
        case .accepted: [say("The event is on the disk; its audience has not been resolved yet.")]
        case .expanding: [say("The event's audience is being cut into deliveries.")]
        case .sending: [say("All deliveries of the event are made and being sent.")]
        case .done:
            [
                event.doneAt.map { say("Every delivery of the event has ended, \(RelativeTime.text($0, now: now)).") }
                    ?? say("Every delivery of the event has ended.")
            ]
        case .held: [say("The event is held: nothing is sent until it is released.")]
        case .withdrawn: [say("The event was withdrawn.")]
        }
    }

    private func lane(_ id: LaneID) -> String {
        guard let name = inspection.laneName(id), let lane = facts.items.first(where: { $0.lane == name })
        else {
            return Listing.sentence(unread: facts.unread).map { say("Nothing can be said of its lane: \($0)") }
                ?? say("Its lane is not configured any more.")
        }
        let reason = lane.standingText(now: now)
        let until = lane.until.map { say(", until \($0.rfc3339)") } ?? ""
        switch lane.state {
        case "active":
            let note =
                facts.source == "store" ? say(" The service does not answer: nothing moves until it runs.") : ""
            return say("Lane \(name) is active, \(lane.pending) deliveries wait for their turn.") + note
        case "paused", "draining":
            return say("Lane \(name) was stopped by an operator\(reason). Try: carillon lane resume \(name).")
        case "open":
            return say(
                "Lane \(name) is closed: the provider cannot be reached or said not now\(reason)\(until). It opens by itself."
            )
        case "halfOpen": return say("Lane \(name) tries whether the provider works again\(reason).")
        case "credentialFault":
            return say(
                "Lane \(name) is closed: the provider refuses our credential\(reason). A person must repair it."
            )
        case "": return say("Lane \(name) is \(say("in an unknown state"))\(reason).")
        case let other: return say("Lane \(name) is \(other)\(reason).")
        }
    }

    /// `due`: when it is let go.
    private func quiet(_ due: Instant?, school: String?) -> String {
        guard let due else { return say("It waits for quiet hours to end.") }
        let local = LocalMoment.text(due, school: school)
        return say("It waits for quiet hours to end: rings \(local), local time of the school (\(due.rfc3339)).")
    }

    /// Of so many of an event's the first to ring.
    private func quiet(_ due: Instant, school: String?, count: Int) -> String {
        let local = LocalMoment.text(due, school: school)
        return say(
            "Of these \(count) wait for quiet hours to end: rings \(local), local time of the school (\(due.rfc3339))."
        )
    }

    private func expiry(_ instant: Instant) -> String {
        say("It expires \(RelativeTime.text(instant, now: now)) (\(instant.rfc3339)).")
    }

    private static var unshown: String { say("Whether the phone showed it, no provider tells.") }

    static func sentence(_ reason: Reason) -> String {
        switch reason {
        case .noDevice:
            say("no device is registered, or the one it was for has signed out, moved or was revoked since.")
        case .muted: say("the guardian muted this class.")
        case .optedOut: say("the guardian switched this kind of notification off.")
        case .quietHours: say("quiet hours.")
        case .notActivated: say("the school is not activated.")
        case .unknownUser: say("neither the directory nor the devices know this person.")
        case .restricted:
            say("the person's data is restricted: it is kept, and used for nothing (carillon person restrict --lift).")
        case .noGuardian: say("the pupil has no guardian in the directory.")
        case .author: say("the author is not notified of his or her own publication.")
        case .tokenGone: say("the provider says that the device is gone; it registers anew when the app is opened.")
        case .payloadRefused: say("the provider refused the message itself.")
        case .credentialPaused: say("the provider refuses our credential; the lane is closed.")
        case .laneClosed: say("the lane is closed.")
        case .retrying: say("another attempt is to come.")
        case .expired: say("the time to live ended before a provider took it.")
        case .dropped: say("an operator dropped it.")
        case .held: say("an operator holds it.")
        case .withdrawn: say("the publication was withdrawn.")
        case .dead: say("every attempt failed; it is a dead letter.")
        case .forbidden: say("the publisher may not write to this person.")
        case .noPush: say("the publication asked for no push.")
        case .kindDisabled: say("the administrator switched this kind of publication off.")
        case .tokenSuspect:
            say("a provider called the device's address wrong; it is not rung until it registers again.")
        case .addressUnreadable:
            say(
                "the device's address cannot be opened: it is damaged, or its storage key is not configured any more; it can be rung once it registers again. Try: carillon doctor."
            )
        case .unreadable: say("the store's record of it is damaged. Try: carillon doctor.")
        case .merged:
            say(
                "an event of the same author with the same words, posted just before, rings this person; this one does if that fails."
            )
        case .recap:
            say(
                "a provider accepted one message for several publications that had waited for quiet hours to end, this one among them."
            )
        case .superseded: say("a newer revision of the publication took its place.")
        }
    }
}
