import Domain
import Providers
import Store

@testable import Delivery

/// The dispatcher's side: what ``LoadPlan`` says is read from the simulated store, and comes to the lanes at once or a moment later.
extension DeliverySimulation {
    mutating func fill(_ lane: LaneID) {
        var filling = LoadPlan.Filling(lane)
        while let step = memory.plan.next(&filling, demand(lane)) {
            if store.modes[lane] != nil { faults.append("more is loaded for \(lane), which an operator has stopped") }
            if memory.observed[Self.index(lane)].reading > 0 { faults.append("two reads for \(lane) at a time") }
            switch step {
            case .retries(let most): loadRetries(lane, most)
            case .page(let entry):
                if now < isFullUntil { faults.append("\(entry.page) is read while the store is full") }
                let slots = store.pages[entry.page]?.slots ?? []
                let pending = slots.indices.filter { slots[$0].state == .pending }
                read(
                    pending.map { (DeliveryID(page: entry.page, slot: $0), 0) },
                    .page(entry),
                    on: lane,
                    tag: entry.tag,
                    isUrgent: entry.isUrgent
                )
            }
        }
        turn(lane)
    }

    private mutating func loadRetries(_ lane: LaneID, _ most: Int) {
        let due = store.due(on: lane, now: now, limit: most).map { delivery, retry in
            QueueReader.Retry(
                delivery: delivery,
                attempts: retry.attempts,
                dueAt: Self.start + .milliseconds(retry.dueAt),
                event: store.pages[delivery.page]?.entry.event ?? EventID(rawValue: 0)
            )
        }
        for retries in memory.plan.claim(due, on: lane, now: now) {
            read(
                retries.map { ($0.delivery, $0.attempts) },
                .retries(retries.map(\.delivery)),
                on: lane,
                tag: memory.plan.tagBehind(lane),
                isRetry: true
            )
        }
    }

    private func demand(_ lane: LaneID) -> LoadPlan.Demand {
        var machine = memory.machines[Self.index(lane)]
        let condition = machine.condition(moment, host: memory.hosts[Self.host(lane)])
        return .init(condition, loaded: machine.ready.untouched, canRecord: now >= isFullUntil)
    }

    /// Reads the addresses of this moment; what has no address any more ends, the rest is handed over.
    private mutating func read(
        _ deliveries: [(id: DeliveryID, attempts: Int)],
        _ source: LoadPlan.Source,
        on lane: LaneID,
        tag: Int64,
        isUrgent: Bool = false,
        isRetry: Bool = false,
        generation: Int? = nil
    ) {
        let travels = Self.index(lane) == 2
        if travels {
            memory.plan.began(lane)
            memory.observed[Self.index(lane)].reading += 1
        }
        // A passing fault of the disk.
        if isTroubled, chance(0...12) == 0 {
            _ = memory.plan.failed(source, of: lane, now: now)
            if travels { agenda.add(.cameBack(life: life, lane: lane, nil), at: now + chance(1...50)) }
            return
        }
        var loaded: [LoadedDelivery] = []
        for (id, attempts) in deliveries {
            guard let page = store.pages[id.page], let slot = store.slot(of: id), !slot.state.isTerminal else {
                continue
            }
            guard store.owners[slot.device] == slot.person else {
                end(id, SlotResult(.rejected, reason: .noDevice), attempts, isRetry)
                continue
            }
            loaded.append(
                .sample(
                    id.rawValue,
                    owner: slot.person,
                    device: slot.device,
                    urgency: page.entry.isUrgent ? .urgent : .normal,
                    platform: slot.platform,
                    expiresAt: Self.start + .milliseconds(page.expiresAt),
                    attempts: attempts,
                    isRetry: isRetry,
                    readAt: now
                )
            )
        }
        let batch = LoadedBatch.of(
            loaded,
            tag: tag,
            isUrgent: isUrgent,
            readAt: now,
            generation: generation ?? memory.orders.concluded
        )
        if travels {
            agenda.add(.cameBack(life: life, lane: lane, batch), at: now + chance(1...50))
        } else if !loaded.isEmpty {
            memory.machines[Self.index(lane)].add(batch)
        }
    }

    private mutating func end(_ id: DeliveryID, _ result: SlotResult, _ attempts: Int, _ isRetry: Bool) {
        record([Outcome(page: id.page, slot: id.slot, result: result, attempts: attempts, isRetry: isRetry)])
    }

    mutating func cameBack(_ batch: LoadedBatch?, on lane: LaneID) {
        if let batch, !batch.deliveries.isEmpty { memory.machines[Self.index(lane)].add(batch) }
        memory.plan.cameBack(lane)
        memory.observed[Self.index(lane)].reading -= 1
        fill(lane)
    }

    /// What the lane has had for too long, or whose phone has changed since.
    mutating func lookUp(_ batch: LoadedBatch, on lane: LaneID) {
        let old = batch.deliveries[batch.position...]
        lookedUp += old.count
        // The batch keeps what kind of row each came from.
        for isRetry in [false, true] {
            let part = old.filter { $0.isRetry == isRetry }
            guard !part.isEmpty else { continue }
            var source = batch
            source.deliveries = Array(part)
            source.position = 0
            read(
                part.map { ($0.id, $0.attempts) },
                .lookUp(source),
                on: lane,
                tag: batch.tag,
                isUrgent: batch.isUrgent,
                isRetry: isRetry,
                generation: batch.generation
            )
        }
    }

    mutating func tick() {
        for lane in Self.lanes {
            let machine = memory.machines[Self.index(lane)]
            for batch in memory.plan.readAgain(lane, now: now) { lookUp(batch, on: lane) }
            fill(lane)
            turn(lane)
            memory.plan.started(lane, tag: machine.ready.startedTag, loaded: machine.ready.untouched)
            // Later than the next tick.
            let patience: Int64 = isTroubled ? 1_000 : 10_000
            let unanswered = memory.observed[Self.index(lane)].unansweredTests(since: now - patience)
            if !unanswered.isEmpty { faults.append("nobody answers the tests \(unanswered)") }
            store.virtualTimes[lane] = memory.plan.scheduler.virtualTime(of: lane)
        }
        agenda.add(.tick(life: life), at: now + (isTroubled ? 250 : 5_000))
    }

    // MARK: - Recording

    mutating func record(_ outcomes: [Outcome]) {
        memory.unflushed += outcomes
        guard !memory.isFlushing, !memory.unflushed.isEmpty else { return }
        memory.isFlushing = true
        agenda.add(.flush(life: life), at: max(now, isFullUntil) + 5)
    }

    mutating func flush() {
        guard now >= isFullUntil else { return agenda.add(.flush(life: life), at: isFullUntil + 5) }
        memory.isFlushing = false
        let outcomes = memory.unflushed
        memory.unflushed = []
        faults += store.record(outcomes, start: Self.start)
        memory.plan.recorded(outcomes.filter(\.isRetry).map { DeliveryID(page: $0.page, slot: $0.slot) })
    }
}
