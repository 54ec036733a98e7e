extension ConnectionPool {
    /// When `timer` wants to be called at the latest; nil when nothing is due ever.
    package func nextTimer() -> MonotonicTime? {
        var next = connectDue()
        if let due = surplusDue() { next = min(next ?? due, due) }
        for connection in connections {
            let due = dueTime(connection)
            next = min(next ?? due, due)
        }
        return next
    }

    /// Does everything that is due at `now`; harmless when called too early.
    package mutating func timer(_ now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for index in connections.indices.reversed() where dueTime(connections[index]) <= now {
            actions += act(index, now)
        }
        return actions + closeSurplus(now) + connectIfDue(now)
    }

    /// Connections, streams and window as the operator sees them.
    package func describe(_ snapshot: inout LaneSnapshot) {
        snapshot.connectionsReady = 0
        snapshot.connectionsConnecting = 0
        snapshot.connectionsDraining = 0
        snapshot.streamsInFlight = 0
        snapshot.streamsWindow = 0
        for connection in connections {
            switch connection.phase {
            case .connecting: snapshot.connectionsConnecting += 1
            case .ready: snapshot.connectionsReady += 1
            case .draining: snapshot.connectionsDraining += 1
            }
            snapshot.streamsInFlight += connection.inFlight
            snapshot.streamsWindow += connection.budget(rules)
        }
    }

    private func dueTime(_ connection: PooledConnection) -> MonotonicTime {
        if connection.phase == .connecting { return connection.since + rules.connectTimeout }
        let ping = connection.pingDue(rules)
        guard connection.phase == .ready else { return ping }
        var due = min(ping, endOfLife(connection))
        if let pausedUntil = connection.pausedUntil { due = min(due, pausedUntil) }
        if let stalledSince = connection.stalledSince { due = min(due, stalledSince + rules.stallMax) }
        return due
    }

    private func endOfLife(_ connection: PooledConnection) -> MonotonicTime {
        min(connection.since + rules.ageMax, idleClose(connection))
    }

    private func idleClose(_ connection: PooledConnection) -> MonotonicTime {
        guard connection.inFlight == 0, let idleCloseAfter = rules.idleCloseAfter else {
            return MonotonicTime(nanoseconds: .max)
        }
        return connection.busyOrIdleSince + idleCloseAfter
    }

    private mutating func act(_ index: Int, _ now: MonotonicTime) -> [Action] {
        if let pausedUntil = connections[index].pausedUntil, pausedUntil <= now {
            connections[index].pausedUntil = nil
        }
        let connection = connections[index]
        guard dueTime(connection) <= now else { return [] }
        if connection.phase == .connecting {
            // Reported as a failed connect by the caller, which then asks for the wait.
            return [.close(connection.id, .connectTimedOut)]
        }
        if connection.phase == .ready, now >= endOfLife(connection) {
            connections[index].phase = .draining
            return closeIfDrained(index)
        }
        if connection.phase == .ready, let stalledSince = connection.stalledSince, now >= stalledSince + rules.stallMax
        {
            drain(index, now)
            connections.remove(at: index)
            return [.close(connection.id, .stalled)]
        }
        if connection.pingSent != nil {
            drain(index, now)
            connections.remove(at: index)
            return [.close(connection.id, .pingUnanswered)]
        }
        connections[index].pingSent = now
        connections[index].lastPing = now
        return [.ping(connection.id)]
    }
}
