import HummingbirdCore
import NIOCore
import Synchronization
import Telemetry

/// The connections of one listener, in ``ConnectionSlots``, with the channels behind them.
final class ConnectionTable: AvailableConnectionsDelegate, Sendable {
    private struct State {
        var slots: ConnectionSlots
        var channels: [ConnectionSlots.ID: any Channel] = [:]
        var last: ConnectionSlots.ID = 0
        /// Accepted by the kernel and not closed yet, those that give way included.
        var accepted = 0
    }

    private let max: Int
    private let proxies: TrustedProxies
    private let metrics: ListenerMetrics?
    private let state: Mutex<State>

    /// A connection that gives way ends a moment after its successor began.
    private static let overlap = 8

    init(_ limits: ListenerLimits) {
        max = limits.connectionsMax
        proxies = limits.proxies
        metrics = limits.metrics
        state = Mutex(
            State(slots: ConnectionSlots(max: limits.connectionsMax, perAddressMax: limits.connectionsPerAddressMax))
        )
    }

    /// nil when the address holds all it may and is busy with them.
    func open(_ channel: any Channel) -> ConnectionSlots.ID? {
        let peer = channel.remoteAddress?.ipAddress
        let address = peer.map { proxies.contains($0) ? "" : TrustedProxies.key($0) } ?? ""
        let (id, victim): (ConnectionSlots.ID?, (any Channel)?) = state.withLock { state in
            state.last += 1
            switch state.slots.open(state.last, address: address) {
            case .refuse: return (nil, nil)
            case .accept:
                state.channels[state.last] = channel
                return (state.last, nil)
            case .acceptClosing(let victim):
                state.channels[state.last] = channel
                return (state.last, state.channels.removeValue(forKey: victim))
            }
        }
        if id == nil { metrics?.refused("address") }
        if let victim {
            metrics?.refused("idle")
            victim.close(promise: nil)
        }
        return id
    }

    func isIdle(_ id: ConnectionSlots.ID) { state.withLock { $0.slots.isIdle(id) } }

    func isBusy(_ id: ConnectionSlots.ID) { state.withLock { $0.slots.isBusy(id) } }

    func close(_ id: ConnectionSlots.ID) {
        state.withLock { state in
            state.slots.close(id)
            state.channels[id] = nil
        }
    }

    /// A head that is none.
    func turnedAway(_ reason: String) { metrics?.refused(reason) }

    // MARK: - Asked by the listening channel

    func connectionOpened() {
        metrics?.connections.add(1)
        state.withLock { $0.accepted += 1 }
    }

    func connectionClosed() {
        metrics?.connections.add(-1)
        state.withLock { $0.accepted -= 1 }
    }

    /// With every connection at work, others wait in the kernel's queue: nothing is accepted that has no descriptor kept for it.
    func isAcceptingNewConnections() -> Bool {
        state.withLock { $0.accepted < max || $0.slots.hasIdle && $0.accepted < max + Self.overlap }
    }
}
