import Domain
import Store

/// Cuts resolved persons into pages: one run of pages per lane, at most ``Limits/deliveriesPerPage`` slots each, sorted by person. Lane 0
/// takes those who get nothing, with the reason.
struct PageCutter {
    private var drafts: [LaneID: [Draft]] = [:]

    private struct Draft {
        var slots: [Plan.Slot] = []
        var results: [SlotResult] = []
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
                isMerged && result == .pending ? .merging : result
            )
        }
    }

    private mutating func add(_ slot: Plan.Slot, _ lane: LaneID, _ result: SlotResult) {
        if drafts[lane]?.last.map({ $0.slots.count >= Limits.deliveriesPerPage }) ?? true {
            drafts[lane, default: []].append(Draft())
        }
        let last = drafts[lane, default: []].count - 1
        drafts[lane]?[last].slots.append(slot)
        drafts[lane]?[last].results.append(result)
    }

    /// The pages in order of lanes, without tags yet.
    func pages() -> [NewPage] {
        drafts.sorted { $0.key < $1.key }.flatMap { lane, drafts in
            drafts.map { NewPage(lane: lane, tag: 0, plan: Plan(slots: $0.slots), result: PageResult($0.results)) }
        }
    }
}
