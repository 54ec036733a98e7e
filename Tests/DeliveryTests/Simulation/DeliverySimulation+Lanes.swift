import Domain
import Providers
import Store

@testable import Delivery

/// The engine's side: requests begin while the lane gives any, and answers come back; at each beginning the promises are checked.
extension DeliverySimulation {
    mutating func turn(_ lane: LaneID) {
        let (index, host) = (Self.index(lane), Self.host(lane))
        let canRecord = now >= isFullUntil
        while let ticket = memory.machines[index].next(moment, canRecord: canRecord, host: &memory.hosts[host]) {
            let delivery = memory.machines[index].delivery(of: ticket)
            check(delivery, on: lane)
            memory.machines[index].written(ticket, credential: memory.credentials[index], moment)
            memory.underWay[lane, default: [:]][ticket] = delivery
            sends += 1
            let reply = providers[index].reply(to: delivery, random: &random)
            // A test is no delivery: who wants one twice gets it twice.
            if reply.wasTaken, delivery.id.rawValue > 0 { taken[delivery.id, default: 0] += 1 }
            if reply.mayHaveRung { excused[delivery.id, default: 0] += 1 }
            agenda.add(.reply(life: life, lane: lane, ticket: ticket, reply), at: now + chance(5...400))
        }
        memory.machines[index].settle(moment)
        carryOut(lane)
    }

    /// What must be true of every request that begins.
    private mutating func check(_ delivery: LoadedDelivery, on lane: LaneID) {
        let (id, device) = (delivery.id, delivery.device.rawValue)
        // A sign-out that was answered has been told; one under way may still miss.
        if memory.untold[device] == nil, store.owners[device] != delivery.person.rawValue {
            faults.append("\(id) rings \(device), which \(delivery.person) does not have")
        }
        // A test.
        guard id.rawValue > 0 else { return }
        if memory.underWay.values.contains(where: { $0.values.contains { $0.id == id } }) {
            faults.append("\(id) is under way twice")
        }
        if memory.machines[Self.index(lane)].inFlight > Self.windowMax {
            faults.append("I9: more in flight than the window")
        }
        // A draining lane sends what it has.
        if store.modes[lane] == .paused { faults.append("a paused lane begins \(id)") }
        if memory.openOrder?.contains(id) == true { faults.append("\(id) begins while an order has it") }
        if memory.marked.contains(id) { faults.append("\(id) is tried again though an order ended it") }
        if store.dropped.contains(id) { faults.append("\(id) begins after an order ended it") }
        if (store.pages[id.page]?.expiresAt ?? 0) <= now { faults.append("\(id) begins after its time") }
        if store.state(of: id)?.isTerminal != false { faults.append("I6: \(id) begins after its outcome") }
        let isEnded = memory.unflushed.contains { DeliveryID(page: $0.page, slot: $0.slot) == id }
        if isEnded { faults.append("I6: \(id) begins between its outcome and the disk") }
        if delivery.attempts >= Self.attemptsMax {
            faults.append("\(id) begins with \(delivery.attempts) attempts made")
        }
    }

    mutating func finish(_ ticket: UInt64, _ reply: SimulatedProvider.Reply, on lane: LaneID) {
        let (index, host) = (Self.index(lane), Self.host(lane))
        guard memory.underWay[lane]?.removeValue(forKey: ticket) != nil else {
            faults.append("an answer to nothing")
            return
        }
        let answer = LaneAnswer(
            classification: Classification(reply.verdict, status: reply.isAnswered ? 200 : 0, reason: "reason"),
            latency: .milliseconds(20),
            isAnswered: reply.isAnswered,
            advice: reply.advice
        )
        _ = memory.machines[index].answered(ticket, answer, moment, host: &memory.hosts[host])
        turn(lane)
    }

    /// What the lane has produced, and what it wants done.
    mutating func carryOut(_ lane: LaneID) {
        let index = Self.index(lane)
        let produced = memory.machines[index].produced
        memory.machines[index].produced = .init()
        record(produced.outcomes)
        for fault in produced.faults where !fault.isHeld {
            // The registry's rule: gone since the request, and nobody has registered it anew meanwhile.
            guard case .gone = fault.kind, store.owners[fault.device.rawValue] != nil else { continue }
            change(owner: nil, of: fault.device.rawValue)
        }
        let actions = memory.machines[index].actions
        memory.machines[index].actions.removeAll()
        for action in actions {
            switch action {
            case .needMore: agenda.add(.fill(life: life, lane: lane), at: now)
            case .lookUpAgain(let batch): lookUp(batch, on: lane)
            case .refreshCredential:
                let isRenewed = !isTroubled || chance(0...4) != 0
                agenda.add(.credential(life: life, lane: lane, isRenewed: isRenewed), at: now + chance(20...400))
            case .removalsFrozen: break
            case .conditionChanged, .needsOrdinaryClient, .testEnded: break
            }
        }
    }

    mutating func credential(_ lane: LaneID, _ isRenewed: Bool) {
        memory.credentials[Self.index(lane)] += 1
        give(
            isRenewed
                ? .credentialRenewed : .credentialFailed(Classification(.credentialFault, status: 401, reason: "no")),
            to: lane
        )
    }

    /// - Returns: for a stop those under way.
    @discardableResult
    mutating func give(_ order: LaneOrder, to lane: LaneID) -> Set<DeliveryID> {
        let (index, host) = (Self.index(lane), Self.host(lane))
        defer { turn(lane) }
        return memory.machines[index].obey(order, moment, host: &memory.hosts[host])
    }
}
