import Domain
import Store

/// What is on the disk of a simulated gateway: pages, retry rows, lanes' modes and the owners of phones. All else is gone at a crash.
struct SimulatedStore {
    struct Slot {
        var person: Int64
        var device: Int64
        var platform: Platform?
        var state = DeliveryState.pending
    }

    struct Page {
        var entry: Scheduler.Entry
        var slots: [Slot]
        /// Wall clock, milliseconds after the start.
        var expiresAt: Int64

        var isOpen: Bool { slots.contains { $0.state == .pending } }
    }

    struct Retry {
        var dueAt: Int64
        var attempts: Int
    }

    enum Mode { case paused, draining }

    private(set) var pages: [PageID: Page] = [:]
    private(set) var retries: [DeliveryID: Retry] = [:]
    var virtualTimes: [LaneID: Int64] = [:]
    var modes: [LaneID: Mode] = [:]
    /// Device to owner; none: signed out, or its target is gone.
    var owners: [Int64: Int64] = [:]
    struct Removal {
        var lane: LaneID
        var device: Int64
        var owner: Int64
        var at: Int64
    }

    /// Lanes whose removals wait for a person.
    var frozen: Set<LaneID> = []
    /// Phones taken from their owners by a proof.
    var removals: [Removal] = []
    /// What an operator's order ended, on the disk.
    private(set) var dropped: Set<DeliveryID> = []

    mutating func add(_ page: Page) { pages[page.entry.page] = page }

    func slot(of delivery: DeliveryID) -> Slot? {
        guard let page = pages[delivery.page], page.slots.indices.contains(delivery.slot) else { return nil }
        return page.slots[delivery.slot]
    }

    func state(of delivery: DeliveryID) -> DeliveryState? { slot(of: delivery)?.state }

    /// One commit, by the store's rule: what has ended stays so, but an acceptance is believed after the end of its time.
    ///
    /// - Returns: what must never happen.
    mutating func record(_ outcomes: [Outcome], start: Instant) -> [String] {
        var faults: [String] = []
        for outcome in outcomes {
            let delivery = DeliveryID(page: outcome.page, slot: outcome.slot)
            guard let before = state(of: delivery) else { continue }
            let after = outcome.result.state
            if after == .pending { faults.append("\(delivery) becomes pending again") }
            if outcome.isRetry || before == .deferred { retries[delivery] = nil }
            guard !before.isTerminal || (before == .expired && after == .accepted) else { continue }
            pages[delivery.page]?.slots[delivery.slot].state = after
            guard after == .deferred else { continue }
            guard let due = outcome.retryAt else {
                faults.append("\(delivery) is deferred to no time")
                continue
            }
            retries[delivery] = Retry(dueAt: (due - start).wholeMilliseconds, attempts: outcome.attempts)
        }
        return faults
    }

    /// Retry rows of a lane that may be sent now.
    func due(on lane: LaneID, now: Int64, limit: Int) -> [(DeliveryID, Retry)] {
        let due = retries.filter { delivery, retry in
            guard retry.dueAt <= now, let page = pages[delivery.page] else { return false }
            return page.entry.lane == lane && page.expiresAt > now
        }
        return due.sorted { ($0.value.dueAt, $0.key) < ($1.value.dueAt, $1.key) }.prefix(limit).map {
            ($0.key, $0.value)
        }
    }

    /// An operator's order, committed: it does not reach what is under way.
    mutating func drop(_ deliveries: Set<DeliveryID>) {
        for delivery in deliveries {
            guard let state = state(of: delivery), !state.isTerminal else { continue }
            retries[delivery] = nil
            pages[delivery.page]?.slots[delivery.slot].state = .dropped
            dropped.insert(delivery)
        }
    }

    /// The sweeper's commit: pending slots and retry rows beyond their time.
    ///
    /// - Returns: what ends so although all has been well since `calmSince`, for long enough to have been sent: it was forgotten.
    mutating func expire(now: Int64, calmSince: Int64, patience: Int64) -> [String] {
        var forgotten: [String] = []
        for (id, page) in pages where page.expiresAt <= now && page.isOpen {
            if page.expiresAt > calmSince + patience { forgotten.append("\(id) was pending to its end") }
            for slot in page.slots.indices where page.slots[slot].state == .pending {
                pages[id]?.slots[slot].state = .expired
            }
        }
        for (delivery, retry) in retries {
            guard let page = pages[delivery.page], page.expiresAt <= now else { continue }
            if page.expiresAt > max(retry.dueAt, calmSince) + patience {
                forgotten.append("\(delivery) was due to its end")
            }
            retries[delivery] = nil
            pages[delivery.page]?.slots[delivery.slot].state = .expired
        }
        return forgotten
    }

    /// Slots and rows that contradict each other.
    func contradictions() -> [String] {
        var faults: [String] = []
        for (id, page) in pages {
            for (slot, state) in page.slots.map(\.state).enumerated() {
                let delivery = DeliveryID(page: id, slot: slot)
                guard (state == .deferred) != (retries[delivery] != nil) else { continue }
                faults.append(
                    "\(delivery) is \(state), its retry row \(retries[delivery] == nil ? "missing" : "there")"
                )
            }
        }
        return faults
    }

    var isDone: Bool { retries.isEmpty && !pages.values.contains { $0.isOpen } }
}
