import Domain
import Providers

/// The connection and the condition of a lane.
extension LaneMachine {
    mutating func connection(_ event: ConnectionEvent, _ now: Moment) {
        switch event {
        case .opened: isConnected(now)
        case .failed(let why, let retryAt, let hasNoHTTP2):
            lastError = why
            // One connection more was not to be had: what is under way has one.
            guard inFlight == 0 else { return }
            disconnection = Disconnection(why: why, retryAt: retryAt, isRefusal: true)
            // Some push services speak HTTP/1.1 only; never seen to change while a connection is up.
            if hasNoHTTP2, rules.hasOrdinaryClient, !hasConnected { actions.append(.needsOrdinaryClient) }
        case .goingAway(let why): lastError = why
        case .closed(let why, let retryAt):
            lastError = why
            if let retryAt { disconnection = Disconnection(why: why, retryAt: retryAt, isRefusal: false) }
        }
    }

    /// A connection was opened, or an answer came over one that there is beside an attempt that failed.
    mutating func isConnected(_ now: Moment) {
        // What waited for it may have changed hands.
        if disconnection != nil { freshness.closedAt = now.monotonic }
        disconnection = nil
        hasConnected = true
    }

    /// The ordinary client has the lane now: the host has answered, without HTTP/2.
    mutating func leftEngine() {
        disconnection = nil
        hasConnected = true
    }

    /// The lane's own condition first; a healthy lane at an ill host, or without a connection, is as closed as these are.
    mutating func condition(_ now: Moment, host: HostHealth) -> LaneCondition {
        let closer = lane.isActive && !host.state.isActive ? host.state : lane
        var condition = LaneCondition(
            state: closer.word,
            reason: closer.isActive ? platform.state.reason : closer.reason,
            isActive: closer.isActive,
            isSendingAllowed: lane.mode != .paused && lane.mode != .draining,
            wakeAt: [lane.wakeAt, host.state.wakeAt, budget?.wakeAt(now: now.monotonic)].compactMap { $0 }.max()
                ?? platform.state.wakeAt,
            inFlight: inFlight,
            startedTag: ready.startedTag,
            window: min(lane.windowSize(now: now.monotonic), bounds.windowMax),
            isFrozen: massGuard.isFrozen,
            hasConnected: hasConnected,
            isRefused: disconnection?.isRefusal ?? false,
            lastError: lastError
        )
        // What was lost while nothing waits is replaced when something does.
        if let disconnection, lane.isActive,
            disconnection.isRefusal || (now.monotonic < disconnection.retryAt && ready.untouched > 0)
        {
            condition.state = "open"
            condition.reason = disconnection.why
            condition.wakeAt = max(condition.wakeAt ?? .min, disconnection.retryAt)
        }
        return condition
    }
}
