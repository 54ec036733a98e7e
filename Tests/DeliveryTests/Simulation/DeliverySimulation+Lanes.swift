import Domain
import Providers
import Store

@testable import Delivery

/// The engine's side: requests begin while the lane gives any, and answers come back; at each beginning the promises are checked.
extension DeliverySimulation {
    mutating func turn(_ lane: LaneID) {
        let (index, host) = (Self.index(lane), Self.host(lane))
        let canRecord = now >= isFullUntil
        while memory.observed[index].isConnected {
            let look = ObservedLane.Look(memory.machines[index], memory.hosts[host])
            guard let ticket = memory.machines[index].next(moment, canRecord: canRecord, host: &memory.hosts[host])
            else { break }
            let delivery = memory.machines[index].delivery(of: ticket)
            check(delivery, look, on: lane)
            guard isWritten(ticket, on: lane) else { break }
            memory.machines[index].written(ticket, credential: memory.credentials[index], moment)
            memory.underWay[lane, default: [:]][ticket] = delivery
            sends += 1
            // A test takes no share of the messages.
            if delivery.id.rawValue > 0 {
                faults += memory.observed[index].written(delivery, Self.bounds[index], now: now)
                    .map { "\(delivery.id) \($0)" }
            }
            let reply = providers[index].reply(to: delivery, random: &random)
            // A test is no delivery: who wants one twice gets it twice.
            if reply.wasTaken, delivery.id.rawValue > 0 { taken[delivery.id, default: 0] += 1 }
            if reply.mayHaveRung { excused[delivery.id, default: 0] += 1 }
            let connection = memory.observed[index].connection
            agenda.add(
                .reply(life: life, lane: lane, connection: connection, ticket: ticket, reply),
                at: now + chance(5...400)
            )
        }
        memory.machines[index].settle(moment)
        carryOut(lane)
    }

    /// False: there is no credential at this moment, or it cannot be used.
    private mutating func isWritten(_ ticket: UInt64, on lane: LaneID) -> Bool {
        let (index, host) = (Self.index(lane), Self.host(lane))
        var fault: String?
        if isTroubled, !memory.observed[index].lacksCredential, chance(0...60) == 0 {
            if chance(0...3) == 0 { fault = "no key" } else { memory.observed[index].lacksCredential = true }
        }
        guard fault != nil || memory.observed[index].lacksCredential else { return true }
        unwritten += 1
        memory.machines[index].notWritten(ticket, fault, moment, host: &memory.hosts[host])
        if fault != nil, memory.machines[index].lane.isActive {
            faults.append("lane \(lane) goes on with a credential that cannot be used")
        }
        return false
    }

    /// What must be true of every request that begins.
    private mutating func check(_ delivery: LoadedDelivery, _ look: ObservedLane.Look, on lane: LaneID) {
        let (id, device, index) = (delivery.id, delivery.device.rawValue, Self.index(lane))
        if delivery.loadedAt < memory.observed[index].reopenedAt {
            faults.append("\(id) begins with an address from before the connection was lost")
        }
        if now - delivery.loadedAt > Freshness.ageMaxMilliseconds {
            faults.append("\(id) begins with an address of \(now - delivery.loadedAt) ms ago")
        }
        // A sign-out that was answered has been told; one under way may still miss.
        if memory.untold[device] == nil, store.owners[device] != delivery.person.rawValue {
            faults.append("\(id) rings \(device), which \(delivery.person) does not have")
        }
        // A test.
        guard id.rawValue > 0 else {
            faults += memory.observed[index].testBegun(look)
            return
        }
        if now < isFullUntil { faults.append("\(id) begins while its outcome cannot be recorded") }
        faults += look.faults(of: delivery, now: now).map { "\(id) \($0)" }
        if memory.underWay.values.contains(where: { $0.values.contains { $0.id == id } }) {
            faults.append("\(id) is under way twice")
        }
        if memory.machines[index].inFlight > Self.bounds[index].windowMax {
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
        guard let delivery = memory.underWay[lane]?.removeValue(forKey: ticket) else {
            faults.append("an answer to nothing")
            return
        }
        let answer = LaneAnswer(
            classification: Classification(reply.verdict, status: reply.status, reason: "reason"),
            latency: .milliseconds(20),
            isAnswered: reply.isAnswered,
            advice: reply.advice
        )
        let before = memory.machines[index].lane.mode
        _ = memory.machines[index].answered(ticket, answer, moment, host: &memory.hosts[host])
        if delivery.id.rawValue > 0 {
            faults += memory.observed[index].answered(
                delivery,
                answer,
                before: before,
                memory.machines[index],
                now: now
            )
            .map { "\(delivery.id): \($0)" }
        }
        turn(lane)
    }

    /// What the lane has produced, and what it wants done.
    mutating func carryOut(_ lane: LaneID) {
        let index = Self.index(lane)
        let produced = memory.machines[index].produced
        memory.machines[index].produced = .init()
        record(produced.outcomes)
        for fault in produced.faults {
            // The registry's rule: gone since the request, and nobody has registered it anew meanwhile.
            guard case .gone = fault.kind, let owner = store.owners[fault.device.rawValue] else { continue }
            if store.frozen.contains(lane) != fault.isHeld {
                // The guard trips with a proof, which is held already.
                let hasTripped = memory.machines[index].actions.contains(where: \.isFreeze)
                if !hasTripped { faults.append("a proof is \(fault.isHeld ? "" : "not ")held, and the lane is not so") }
            }
            guard !fault.isHeld else { continue }
            store.removals.append(.init(lane: lane, device: fault.device.rawValue, owner: owner, at: now))
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
            case .removalsFrozen(let since): freeze(lane, since: since)
            case .testEnded(let number, _):
                if !memory.observed[index].testEnded(number) { faults.append("test \(number) is answered twice") }
            case .conditionChanged, .needsOrdinaryClient: break
            }
        }
    }

    mutating func credential(_ lane: LaneID, _ isRenewed: Bool) {
        memory.credentials[Self.index(lane)] += 1
        if isRenewed { memory.observed[Self.index(lane)].lacksCredential = false }
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
        memory.observed[index].ordered(order)
        defer { turn(lane) }
        return memory.machines[index].obey(order, moment, host: &memory.hosts[host])
    }
}

extension LaneAction {
    fileprivate var isFreeze: Bool { if case .removalsFrozen = self { true } else { false } }
}
