import Domain
import Store

/// Cuts resolved persons into pages: one run of pages per lane, at most ``Limits/deliveriesPerPage`` slots each, sorted by person. Lane 0
/// takes those who get nothing, with the reason. What quiet hours hold up has pages of its own: it expires at another time.
struct PageCutter {
    private var drafts: [Run: [Draft]] = [:]

    private struct Run: Hashable {
        var lane: LaneID
        var isWaiting: Bool
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
        let run = Run(lane: lane, isWaiting: wait != nil)
        if drafts[run]?.last.map({ $0.slots.count >= Limits.deliveriesPerPage }) ?? true {
            drafts[run, default: []].append(Draft())
        }
        let last = drafts[run, default: []].count - 1
        drafts[run]?[last].slots.append(slot)
        drafts[run]?[last].results.append(result)
        if let wait { drafts[run]?[last].waits.append(wait) }
    }

    /// The pages in order of lanes, without tags yet.
    func pages() -> [NewPage] {
        drafts.sorted { ($0.key.lane, $0.key.isWaiting ? 1 : 0) < ($1.key.lane, $1.key.isWaiting ? 1 : 0) }
            .flatMap { run, drafts in
                drafts.map {
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
