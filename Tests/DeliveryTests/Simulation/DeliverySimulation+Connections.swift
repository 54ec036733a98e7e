import Domain
import Providers
import Store

@testable import Delivery

/// Connections that are lost or not to be had, and removals that are frozen until a person has looked.
extension DeliverySimulation {
    mutating func connectionTrouble() {
        guard isTroubled else { return }
        agenda.add(.connectionTrouble, at: now + chance(500...20_000))
        let lane = Self.lanes[Int(chance(0...2))]
        let index = Self.index(lane)
        guard memory.observed[index].isConnected else { return }
        switch chance(0...3) {
        case 0: memory.machines[index].connection(.goingAway("maintenance"), moment)
        case 1:
            // One more was not to be had.
            if memory.machines[index].inFlight == 0 { memory.observed[index].isLost = true }
            memory.machines[index].connection(.failed("refused", retryAt: now + 500, hasNoHTTP2: false), moment)
        default: lose(lane)
        }
        turn(lane)
    }

    /// Whatever was under way over the connection may have rung.
    private mutating func lose(_ lane: LaneID) {
        losses += 1
        let index = Self.index(lane)
        memory.observed[index].isConnected = false
        memory.observed[index].connection += 1
        for (ticket, delivery) in (memory.underWay[lane] ?? [:]).sorted(by: { $0.key < $1.key }) {
            excused[delivery.id, default: 0] += 1
            finish(ticket, .init(verdict: .ambiguous, status: 0, isAnswered: false), on: lane)
        }
        let retryAt = now + chance(50...5_000)
        memory.machines[index].connection(.closed("lost", retryAt: retryAt), moment)
        memory.observed[index].isLost = true
        agenda.add(.reconnect(life: life, lane: lane), at: retryAt)
    }

    mutating func reconnect(_ lane: LaneID) {
        let index = Self.index(lane)
        guard !isTroubled || chance(0...3) != 0 else {
            let retryAt = now + chance(50...5_000)
            memory.machines[index].connection(.failed("refused", retryAt: retryAt, hasNoHTTP2: false), moment)
            turn(lane)
            return agenda.add(.reconnect(life: life, lane: lane), at: retryAt)
        }
        memory.observed[index].isConnected = true
        memory.observed[index].reopened(now: now)
        memory.machines[index].connection(.opened, moment)
        turn(lane)
    }

    // MARK: - Removals

    /// As the registry does: what the lane has removed since then is undone, on the disk.
    mutating func freeze(_ lane: LaneID, since: Int64) {
        freezes += 1
        store.frozen.insert(lane)
        for removal in store.removals where removal.lane == lane && removal.at >= since {
            if store.owners[removal.device] == nil { change(owner: removal.owner, of: removal.device) }
        }
        store.removals.removeAll { $0.lane == lane }
    }

    mutating func thaw(_ lane: LaneID) {
        guard store.frozen.remove(lane) != nil else { return }
        give(.thaw, to: lane)
    }
}
