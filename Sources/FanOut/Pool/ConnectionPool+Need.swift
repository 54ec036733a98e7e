/// Connections that are too many, or of no use.
extension ConnectionPool {
    /// Whether the load needs all ready connections; asked when the streams of a turn have been opened.
    mutating func noteNeed(_ now: MonotonicTime) {
        guard let surplus = surplusIndex() else { return }
        var inFlight = 0
        var capacity = 0
        for index in connections.indices where connections[index].phase == .ready {
            inFlight += connections[index].inFlight
            if index != surplus { capacity += connections[index].budget(rules) }
        }
        if workWaits || inFlight * 2 > capacity { neededAt = now }
    }

    /// When one connection less would do; nil while there is only one.
    func surplusDue() -> MonotonicTime? {
        guard let after = rules.surplusCloseAfter, surplusIndex() != nil else { return nil }
        return neededAt + after
    }

    mutating func closeSurplus(_ now: MonotonicTime) -> [Action] {
        guard let due = surplusDue(), due <= now, let index = surplusIndex() else { return [] }
        // One at a time, and the rest is watched anew.
        neededAt = now
        connections[index].phase = .draining
        return closeIfDrained(index)
    }

    /// The ready connection that would go first: least in flight, of those the youngest. Nil when there is only one.
    private func surplusIndex() -> Int? {
        guard connections.count > 1 else { return nil }
        var found: Int?
        var ready = 0
        for index in connections.indices where connections[index].phase == .ready {
            ready += 1
            guard let best = found else {
                found = index
                continue
            }
            let (left, right) = (connections[index], connections[best])
            if (left.inFlight, right.since) < (right.inFlight, left.since) { found = index }
        }
        return ready > 1 ? found : nil
    }

    /// Starts the clock of connections that take nothing although work waits, and stops it on the others.
    mutating func noteStalls(_ now: MonotonicTime) {
        for index in connections.indices {
            let connection = connections[index]
            let isStalled =
                workWaits && connection.phase == .ready && connection.inFlight == 0 && connection.pausedUntil == nil
                && connection.free(rules) == 0
            if !isStalled {
                connections[index].stalledSince = nil
            } else if connection.stalledSince == nil {
                connections[index].stalledSince = now
            }
        }
    }

    /// A stream was refused. Those refused together are one refusal.
    mutating func refused(_ index: Int, _ now: MonotonicTime) {
        guard connections[index].pausedUntil == nil else { return }
        connections[index].refusals += 1
        guard connections[index].refusals <= rules.refusalPausesMax else { return drain(index, now) }
        let doubled = rules.refusalPauseMin * (1 << min(connections[index].refusals - 1, 16))
        connections[index].pausedUntil = now + min(doubled, rules.refusalPauseMax)
    }
}
