import Domain

extension Scheduler {
    /// Takes the page to start next and starts it, as a lane does that loads nothing ahead; nil when none waits.
    mutating func next(on lane: LaneID) -> Entry? {
        guard let entry = takeAhead(on: lane) else { return nil }
        if !entry.isUrgent { started(tag: entry.tag, on: lane) }
        return entry
    }
}
