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
            var sentences = ["It has not been tried yet."]
            if let event = try inspection.ask({ try $0.event(row.event) }) { sentences += standing(of: event) }
            return sentences + [lane(row.lane)] + [expiry(row.expiresAt)]
        case .accepted where result.reason == .recap: return [Self.sentence(.recap), Self.unshown]
        case .accepted:
            let tries = row.attempts <= 1 ? "at the first attempt" : "after \(row.attempts) attempts"
            let bare = result.isSentAsGeneric ? ["The phone has no keys: it got what generic shows."] : []
            return ["The provider accepted it \(tries)."] + bare + [Self.unshown]
        case .deferred where result.reason == .merged:
            let other = try merged(row)
            return ["Of another publication: " + Self.sentence(.merged)] + [other].compactMap { $0 }
                + [expiry(row.expiresAt)]
        case .deferred where result.reason == .recap:
            return [
                "One message announces it together with others of the night; it ends when a provider has accepted that one, and rings by itself when it cannot.",
                expiry(row.expiresAt),
            ]
        case .deferred where result.reason == .quietHours:
            return [quiet(row.nextAt, school: row.school, subject: "It"), expiry(row.expiresAt)]
        case .deferred:
            let last = try inspection.ask { try $0.attempts(of: row.id) }.last
            let why = last.map { "The last of \(row.attempts) attempts failed: \($0.status) \($0.reason)." }
            let next = row.nextAt.map { "It is tried again \(RelativeTime.text($0, now: now)) (\($0.rfc3339))." }
            return [why, next, lane(row.lane), expiry(row.expiresAt)].compactMap { $0 }
        case .held:
            return ["An operator holds it; it does not expire.", "carillon queue release \(row.id) lets it go on."]
        case .dead: return try dead(row)
        case .rejected, .withheld, .expired, .dropped:
            let reason = result.reason.map(Self.sentence)
            let last = result.state == .rejected ? try inspection.ask { try $0.attempts(of: row.id) }.last : nil
            let other = result.reason == .merged ? try merged(row) : nil
            let word = other.map { [$0] } ?? last.map { ["The provider's word was \($0.status) \($0.reason)."] } ?? []
            return [reason ?? "It ended as \(result.state)."] + word
        }
    }

    /// What it died of, and what a person may do about it.
    private func dead(_ row: DeliveryRow) throws -> [String] {
        var sentences = ["Each of \(row.attempts) attempts failed; it is a dead letter."]
        let last = try inspection.ask { try $0.attempts(of: row.id) }.last
        if let last {
            let answer = last.status == 0 ? "no answer, \(last.reason)" : "\(last.status) \(last.reason)"
            sentences.append("The last answer was \(answer), \(RelativeTime.text(last.at, now: now)).")
        }
        sentences.append(lane(row.lane))
        let isOver = row.expiresAt <= now
        sentences.append(
            isOver
                ? "Its time to live is over, \(RelativeTime.text(row.expiresAt, now: now)): it can be sent late only."
                : "It can still arrive in time: it expires \(RelativeTime.text(row.expiresAt, now: now))."
        )
        sentences.append("Try: carillon dead retry \(row.id)\(isOver ? " --fresh-ttl" : "")")
        sentences.append("Or: carillon dead drop \(row.id) --why 'looked at' --yes")
        return sentences
    }

    /// Which events ring in place of this delivery's.
    private func merged(_ row: DeliveryRow) throws -> String? {
        let events = try inspection.ask { try $0.event(row.event) }?.mergedWith ?? []
        return events.isEmpty ? nil : "It is one of: \(events.map(\.description).joined(separator: ", "))."
    }

    func sentences(of report: EventReport) -> [String] {
        let sums = report.deliveries
        var sentences = standing(of: report.event)
        sentences.append(
            "Of \(sums.total) deliveries \(sums.accepted) were accepted, \(sums.pending) were not tried yet, \(sums.deferred) wait for another attempt, \(sums.rejected) were rejected, \(sums.expired) expired; \(sums.withheld) persons get nothing."
        )
        if report.inRecap > 0 {
            sentences.append(
                "Of the accepted \(report.inRecap) were announced by one message for several publications of the night."
            )
        }
        if report.sentAsGeneric > 0 {
            sentences.append(
                "Of the accepted \(report.sentAsGeneric) went to phones without keys, as generic: without the text."
            )
        }
        let open = report.persons.flatMap(\.deliveries).filter { !$0.result.state.isTerminal }
        let quieted = open.filter { $0.opensAt != nil }
        if let first = quieted.compactMap(\.opensAt).min() {
            sentences.append(quiet(first, school: report.event.school, subject: "Of these \(quieted.count)"))
        }
        let waiting = Set(open.filter { $0.opensAt == nil }.map(\.lane)).sorted()
        sentences += waiting.map(lane)
        var reasons: [Reason: Int] = [:]
        for person in report.guardians {
            if case .notReached(let reason) = person.standing { reasons[reason, default: 0] += 1 }
        }
        for reason in Reason.allCases {
            if let count = reasons[reason] { sentences.append("\(count) guardians: \(Self.sentence(reason))") }
        }
        return sentences
    }

    /// Why a row that cannot be read holds up what belongs to it.
    static func sentences(of row: UnreadableRow) -> [String] {
        let what =
            switch row.table {
            case .event: "Nothing can be made or sent of it; it ends with its time to live."
            case .page: "Which of its deliveries were accepted nobody knows; nothing of it is sent any more."
            case .device, .operation, .preference, .import: "It is passed over."
            }
        return ["\(row).", what, "Try: carillon doctor, then the runbook, The store is damaged."]
    }

    private func standing(of event: StoredEvent) -> [String] {
        switch event.state {
        case .scheduled:
            [
                "The event waits for its time"
                    + (event.notBefore.map { ", \($0.rfc3339) (\(RelativeTime.text($0, now: now)))." } ?? ".")
            ]
        case .accepted: ["The event is on the disk; its audience has not been resolved yet."]
        case .expanding: ["The event's audience is being cut into deliveries."]
        case .sending: ["All deliveries of the event are made and being sent."]
        case .done:
            [
                "Every delivery of the event has ended"
                    + (event.doneAt.map { ", \(RelativeTime.text($0, now: now))." } ?? ".")
            ]
        case .held: ["The event is held: nothing is sent until it is released."]
        case .withdrawn: ["The event was withdrawn."]
        }
    }

    private func lane(_ id: LaneID) -> String {
        guard let name = inspection.laneName(id), let lane = facts.items.first(where: { $0["lane"]?.string == name })
        else {
            return "Its lane is not configured any more."
        }
        let since = LaneFacts.sinceText(lane, now: now).map { " for \($0)" } ?? ""
        let reason = since + (lane["reason"]?.string.map { " (\($0))" } ?? "")
        let until = lane["until"]?.string.map { ", until \($0)" } ?? ""
        let pending = lane["pending"]?.int64 ?? 0
        switch lane["state"]?.string {
        case "active":
            let note = facts.source == "store" ? " The service does not answer: nothing moves until it runs." : ""
            return "Lane \(name) is active, \(pending) deliveries wait for their turn.\(note)"
        case "paused", "draining":
            return "Lane \(name) was stopped by an operator\(reason). Try: carillon lane resume \(name)."
        case "open":
            return
                "Lane \(name) is closed: the provider cannot be reached or said not now\(reason)\(until). It opens by itself."
        case "halfOpen": return "Lane \(name) tries whether the provider works again\(reason)."
        case "credentialFault":
            return "Lane \(name) is closed: the provider refuses our credential\(reason). A person must repair it."
        case let other: return "Lane \(name) is \(other ?? "in an unknown state")\(reason)."
        }
    }

    /// `due`: when it is let go.
    private func quiet(_ due: Instant?, school: String?, subject: String) -> String {
        let verb = subject == "It" ? "waits" : "wait"
        guard let due else { return "\(subject) \(verb) for quiet hours to end." }
        let local = LocalMoment.text(due, school: school)
        return "\(subject) \(verb) for quiet hours to end: rings \(local), local time of the school (\(due.rfc3339))."
    }

    private func expiry(_ instant: Instant) -> String {
        "It expires \(RelativeTime.text(instant, now: now)) (\(instant.rfc3339))."
    }

    private static let unshown = "Whether the phone showed it, no provider tells."

    static func sentence(_ reason: Reason) -> String {
        switch reason {
        case .noDevice: "no device is registered, or the one it was for has signed out, moved or was revoked since."
        case .muted: "the guardian muted this class."
        case .optedOut: "the guardian switched this kind of notification off."
        case .quietHours: "quiet hours."
        case .notActivated: "the school is not activated."
        case .unknownUser: "neither the directory nor the devices know this person."
        case .restricted:
            "the person's data is restricted: it is kept, and used for nothing (carillon person restrict --lift)."
        case .noGuardian: "the pupil has no guardian in the directory."
        case .author: "the author is not notified of his or her own publication."
        case .tokenGone: "the provider says that the device is gone; it registers anew when the app is opened."
        case .payloadRefused: "the provider refused the message itself."
        case .credentialPaused: "the provider refuses our credential; the lane is closed."
        case .laneClosed: "the lane is closed."
        case .retrying: "another attempt is to come."
        case .expired: "the time to live ended before a provider took it."
        case .dropped: "an operator dropped it."
        case .held: "an operator holds it."
        case .withdrawn: "the publication was withdrawn."
        case .dead: "every attempt failed; it is a dead letter."
        case .forbidden: "the publisher may not write to this person."
        case .noPush: "the publication asked for no push."
        case .kindDisabled: "the administrator switched this kind of publication off."
        case .tokenSuspect: "a provider called the device's address wrong; it is not rung until it registers again."
        case .addressUnreadable:
            "the device's address cannot be opened: it is damaged, or its storage key is not configured any more; it can be rung once it registers again. Try: carillon doctor."
        case .unreadable: "the store's record of it is damaged. Try: carillon doctor."
        case .merged:
            "an event of the same author with the same words, posted just before, rings this person; this one does if that fails."
        case .recap:
            "a provider accepted one message for several publications that had waited for quiet hours to end, this one among them."
        case .superseded: "a newer revision of the publication took its place."
        }
    }
}
