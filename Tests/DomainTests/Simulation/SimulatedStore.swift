import Domain

/// What is on the disk of a simulated gateway: pages, retry rows and lanes' marks. Everything else is gone at a crash.
struct SimulatedStore {
    struct Page {
        var entry: Scheduler.Entry
        var states: [DeliveryState]
        var expiresAt: Int64

        var isOpen: Bool { states.contains(.pending) }
    }

    struct Retry {
        var dueAt: Int64
        var attempts: Int
    }

    struct Outcome {
        var delivery: DeliveryID
        var state: DeliveryState
        var retry: Retry?
    }

    private(set) var pages: [PageID: Page] = [:]
    private(set) var retries: [DeliveryID: Retry] = [:]
    /// No retry row is due before it.
    private var earliestDue = Int64.max
    var virtualTimes: [LaneID: Int64] = [:]
    var paused: Set<LaneID> = []

    mutating func add(_ page: Page) { pages[page.entry.page] = page }

    func state(of delivery: DeliveryID) -> DeliveryState? { pages[delivery.page]?.states[delivery.slot] }

    /// One commit. Returns what must never happen: a terminal state that would change.
    mutating func record(_ outcomes: [Outcome]) -> [String] {
        var faults: [String] = []
        for outcome in outcomes {
            guard let before = state(of: outcome.delivery) else { continue }
            retries[outcome.delivery] = nil
            // The rule of the store: a second answer to the same delivery proves nothing new.
            guard !before.isTerminal else { continue }
            if outcome.state == .pending { faults.append("\(outcome.delivery) becomes pending again") }
            pages[outcome.delivery.page]?.states[outcome.delivery.slot] = outcome.state
            retries[outcome.delivery] = outcome.retry
            earliestDue = min(earliestDue, outcome.retry?.dueAt ?? .max)
        }
        return faults
    }

    /// Retry rows of a lane that may be sent now.
    mutating func due(on lane: LaneID, now: Int64) -> [DeliveryID: Retry] {
        guard earliestDue <= now else { return [:] }
        earliestDue = retries.values.map(\.dueAt).min() ?? .max
        return retries.filter { delivery, retry in
            guard retry.dueAt <= now, let page = pages[delivery.page] else { return false }
            return page.entry.lane == lane && page.expiresAt > now
        }
    }

    /// The sweeper's commit: pending slots and retry rows beyond their time.
    mutating func expire(now: Int64) {
        for (id, page) in pages where page.expiresAt <= now && page.isOpen {
            for slot in page.states.indices where page.states[slot] == .pending { pages[id]?.states[slot] = .expired }
        }
        for (delivery, _) in retries where (pages[delivery.page]?.expiresAt ?? 0) <= now {
            retries[delivery] = nil
            pages[delivery.page]?.states[delivery.slot] = .expired
        }
    }

    /// Slots and rows that contradict each other.
    func contradictions() -> [String] {
        var faults: [String] = []
        for (id, page) in pages {
            for (slot, state) in page.states.enumerated() {
                let delivery = DeliveryID(page: id, slot: slot)
                if (state == .deferred) != (retries[delivery] != nil) {
                    faults.append(
                        "\(delivery) is \(state), its retry row \(retries[delivery] == nil ? "missing" : "there")"
                    )
                }
            }
        }
        for delivery in retries.keys where state(of: delivery) == nil { faults.append("\(delivery) has no slot") }
        return faults
    }

    var isDone: Bool { retries.isEmpty && !pages.values.contains { $0.isOpen } }
}
