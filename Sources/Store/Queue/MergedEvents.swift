import Database
package import Domain

/// The ids in `event.merged_with`.
enum MergedEvents {
    static func text(_ events: [EventID]) -> String {
        JSONWriter.text(.array(events.map { .number("\($0.rawValue)") }))
    }

    /// What cannot be read is left out: then somebody is rung twice, and nobody lost.
    static func ids(_ text: String) -> [EventID] {
        guard text != "[]" else { return [] }
        do {
            return try JSONParser.parse(text).array?.compactMap { $0.int64.map { EventID(rawValue: $0) } } ?? []
        } catch {
            return []
        }
    }
}

/// How events that say the same stand for one person.
package enum Coverage: Hashable, Sendable {
    /// One of them was accepted by a provider.
    case reached
    /// One of them is still to be sent, or answered.
    case waiting

    /// By one delivery; nil: it rings nobody (any more). What an operator holds may never ring: nobody waits for it.
    ///
    /// `isOver`: its event was taken back, and nothing of it is sent any more.
    init?(_ result: SlotResult, isOver: Bool) {
        switch result.state {
        case .accepted: self = .reached
        case .withheld where result.reason == .merged: self = .reached
        case .pending where !isOver, .deferred where !isOver: self = .waiting
        case .pending, .deferred, .held, .withheld, .rejected, .expired, .dead, .dropped: return nil
        }
    }
}

extension QueueReader {
    /// Events that say the same as this one, for the same time or less than `window` before it, and those that were begun to be expanded
    /// before it, less than `window` after it. Index event_words.
    package func sayingTheSame(as event: EventID, within window: Duration) throws -> [EventID] {
        try connection.all(QueueSQL.sayingTheSame.rawValue, event.rawValue, window.wholeMilliseconds) { row in
            EventID(rawValue: row.int64(0))
        }
    }

    /// How these events stand for each of these persons; whom none of them rings (any more) is not in the answer. Reads the pages that can
    /// hold one of them.
    package func coverage(by events: [EventID], of persons: Set<PersonID>) throws -> [PersonID: Coverage] {
        guard let first = persons.min(), let last = persons.max() else { return [:] }
        var found: [PersonID: Coverage] = [:]
        let endings = try endings(of: events)
        for id in events {
            // Of one that was taken back, or is gone, nothing is sent any more.
            let isOver = endings[id] != .some(nil)
            let ids = try connection.all(QueueSQL.pagesOfPersons.rawValue, id.rawValue, first.rawValue, last.rawValue) {
                PageID(rawValue: $0.int64(0))
            }
            // A page that cannot be read covers nobody.
            for page in try pages(ids).values.compactMap(\.value) {
                for (slot, planned) in page.plan.slots.enumerated() where persons.contains(planned.person) {
                    guard let coverage = Coverage(page.result[slot], isOver: isOver) else { continue }
                    if found[planned.person] != .reached { found[planned.person] = coverage }
                }
            }
        }
        return found
    }
}
