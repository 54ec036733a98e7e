import Domain
import Store

/// Cuts resolved persons into pages: one run of pages per lane, at most ``Limits/deliveriesPerPage`` slots each, sorted by person. Lane 0
/// takes those who get nothing, with the reason. What quiet hours hold up has pages of its own: it expires at another time.
struct PageCutter {
    /// One run after another, in the order in which they began; there are few.
    private var runs: [Run] = []

    private struct Run {
        var lane: LaneID
        var isWaiting: Bool
        var drafts: [Draft] = []
    }

    private struct Draft {
        var slots: [Plan.Slot] = []
        var results: [SlotResult] = []
        var waits: [QuietWait] = []
    }

    /// `hasExpired`: the event's time to live is over: every delivery ends `expired` at once.
    ///
    /// `isMerged`: another event rings this person; what would be sent waits for what becomes of that.
    mutating func add(_ resolved: Resolver.Resolved, hasExpired: Bool, isMerged: Bool = false) {
        for (device, lane, result) in resolved.deliveries(hasExpired: hasExpired) {
            let person = resolved.person
            let isOfSiblings = person.role == .guardian && person.through.count > 1
            add(
                Plan.Slot(person: person.person, device: device, variant: isOfSiblings ? Plan.Slot.ofSiblings : 0),
                lane,
                isMerged && result == .pending ? .merging : result,
                result.state == .deferred ? resolved.wait : nil
            )
        }
    }

    private mutating func add(_ slot: Plan.Slot, _ lane: LaneID, _ result: SlotResult, _ wait: QuietWait?) {
        let run = index(of: lane, isWaiting: wait != nil)
        if runs[run].drafts.last.map({ $0.slots.count >= Limits.deliveriesPerPage }) ?? true {
            runs[run].drafts.append(Draft())
        }
        let last = runs[run].drafts.count - 1
        runs[run].drafts[last].slots.append(slot)
        runs[run].drafts[last].results.append(result)
        if let wait { runs[run].drafts[last].waits.append(wait) }
    }

    private mutating func index(of lane: LaneID, isWaiting: Bool) -> Int {
        if let index = runs.firstIndex(where: { $0.lane == lane && $0.isWaiting == isWaiting }) { return index }
        runs.append(Run(lane: lane, isWaiting: isWaiting))
        return runs.count - 1
    }

    /// The pages in order of lanes, without tags yet.
    func pages() -> [NewPage] {
        runs.sorted { ($0.lane, $0.isWaiting ? 1 : 0) < ($1.lane, $1.isWaiting ? 1 : 0) }
            .flatMap { run in
                run.drafts.map {
                    NewPage(
                        lane: run.lane,
                        tag: 0,
                        plan: Plan(slots: $0.slots),
                        result: PageResult($0.results),
                        waits: $0.waits
                    )
                }
            }
    }
}
