/// The order of pages: start-time fair queueing per lane by (school, class of urgency).
///
/// Each page gets a tag at expansion, `start = max(V, F)`, where V is the tag of the page the lane last started and F the end of its
/// flow's last page; the lowest tag goes first, urgent pages before all others. An event to a whole town and a word to one class share a lane by their weights, nobody
/// starves, and no ageing is needed. Value type: no clock, no I/O; the same code runs in simulation.
package struct Scheduler: Sendable {
    /// A page that waits, as the scheduler knows it.
    package struct Entry: Hashable, Sendable {
        package var page: PageID
        package var event: EventID
        package var lane: LaneID
        package var tag: Int64
        package var count: Int
        /// Goes before what is not urgent, whatever its tag (``Scheduler/urgentInARowMax``).
        package var isUrgent: Bool

        package init(page: PageID, event: EventID, lane: LaneID, tag: Int64, count: Int, isUrgent: Bool = false) {
            self.page = page
            self.event = event
            self.lane = lane
            self.tag = tag
            self.count = count
            self.isUrgent = isUrgent
        }
    }

    package struct Flow: Hashable, Sendable {
        package var lane: LaneID
        /// The tenant: a school's UAI; empty for events without school.
        package var school: String
        package var weight: Int

        package init(lane: LaneID, school: String, weight: Int) {
            self.lane = lane
            self.school = school
            self.weight = weight
        }
    }

    /// Urgent pages that may go one after another while others wait.
    package static let urgentInARowMax = 2

    /// An event with more devices than this is accounted as bulk unless it is urgent.
    package static let bulkDeliveries = 2000

    /// Weight of a class: what is urgent gets four times what is normal, bulk a quarter of it.
    package static func weight(_ urgency: Urgency, deliveries: Int) -> Int {
        switch urgency {
        case .urgent: 16
        case .normal: deliveries > bulkDeliveries ? 1 : 4
        case .low: 1
        }
    }

    fileprivate struct Lane: Sendable {
        var virtualTime: Int64 = 0
        /// Sorted, highest tag first, so that the next one is popped from the end; urgent pages apart.
        var waiting: [Entry] = []
        var urgent: [Entry] = []
        var urgentInARow = 0
    }

    private var lanes: [LaneID: Lane] = [:]
    private var flowEnds: [Flow: Int64] = [:]

    package init() {}

    /// The tag of a new page of `count` deliveries; each call moves the flow's end. The unit is a thousandth of a delivery at weight 1.
    package mutating func tag(_ flow: Flow, count: Int) -> Int64 {
        let now = lanes[flow.lane]?.virtualTime ?? 0
        let start = max(now, flowEnds[flow] ?? 0)
        flowEnds[flow] = start + Int64(count) * 1000 / Int64(flow.weight)
        if flowEnds.count > 4096 { flowEnds = flowEnds.filter { $0.value > lanes[$0.key.lane]?.virtualTime ?? 0 } }
        return start
    }

    /// Adds a page that waits; also one given back by a lane that closed.
    package mutating func add(_ entry: Entry) {
        lanes[entry.lane, default: Lane()].insert(entry)
    }

    /// Takes the page to load next; nil when none waits. Until it is ``started(tag:on:)`` new pages may have lower tags than it. An urgent
    /// one runs ahead of its time and never is: what it overtook keeps its place.
    package mutating func takeAhead(on lane: LaneID) -> Entry? {
        lanes[lane]?.popNext()
    }

    /// The lane is at work on the page with this tag: its time is here now.
    package mutating func started(tag: Int64, on lane: LaneID) {
        guard let time = lanes[lane]?.virtualTime, time < tag else { return }
        lanes[lane]?.virtualTime = tag
    }

    /// Whether a page waits that goes before one with this tag.
    package func overtakes(_ tag: Int64, on lane: LaneID) -> Bool {
        lanes[lane].map { !$0.urgent.isEmpty || $0.waiting.last.map { $0.tag < tag } ?? false } ?? false
    }

    /// Forgets a lane with what waits on it.
    package mutating func remove(lane: LaneID) { lanes[lane] = nil }

    /// The tag of the page the lane last started; kept in the store so that a restart does not favour old flows.
    package func virtualTime(of lane: LaneID) -> Int64 { lanes[lane]?.virtualTime ?? 0 }

    package mutating func restore(virtualTime: Int64, of lane: LaneID) {
        lanes[lane, default: Lane()].virtualTime = virtualTime
    }
}

extension Scheduler.Lane {
    /// Urgent pages go first, but no more than two in a row while others wait: who calls everything urgent must not stop the rest.
    fileprivate mutating func popNext() -> Scheduler.Entry? {
        let takesUrgent = !urgent.isEmpty && (waiting.isEmpty || urgentInARow < Scheduler.urgentInARowMax)
        guard let entry = takesUrgent ? urgent.popLast() : waiting.popLast() else { return nil }
        urgentInARow = takesUrgent ? urgentInARow + 1 : 0
        return entry
    }

    fileprivate mutating func insert(_ entry: Scheduler.Entry) {
        if entry.isUrgent { Self.insert(entry, into: &urgent) } else { Self.insert(entry, into: &waiting) }
    }

    private static func insert(_ entry: Scheduler.Entry, into entries: inout [Scheduler.Entry]) {
        // Binary search: most new pages have the highest tag and go to the front, but a page given back has the lowest.
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            let other = entries[middle]
            if (other.tag, other.page.rawValue) > (entry.tag, entry.page.rawValue) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        entries.insert(entry, at: low)
    }
}
