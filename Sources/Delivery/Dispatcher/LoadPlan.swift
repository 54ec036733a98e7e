import Domain
import Store

/// What is read for the lanes next: retries that are due up to their share, then pages in the scheduler's order, and after a while what
/// could not be read.
///
/// A value without clock, I/O or lock; instants are monotonic milliseconds. Memory is authoritative after start: a page handed out by
/// ``nextPage(_:_:)`` is handed out again only after ``failed(_:of:now:)``, a retry only after ``recorded(_:)`` or ``failed(_:of:now:)``.
struct LoadPlan: Sendable {
    /// What is read for a lane, so that a read that fails gives it back.
    enum Source: Sendable {
        case page(Scheduler.Entry)
        case retries([DeliveryID])
        case lookUp(LoadedBatch)
    }

    /// What a lane shows of itself at the moment it is filled.
    struct Demand {
        /// Deliveries it has and has not begun.
        var loaded: Int
        var isActive: Bool
        /// False: an operator stopped it.
        var isSendingAllowed: Bool
        /// False while the store takes no outcomes: pages whose event has ended would make more of them.
        var canRecord: Bool

        /// A closed lane gets no more than it needs to probe; a stopped one nothing.
        fileprivate var mayRead: Bool { isActive || (isSendingAllowed && loaded == 0) }
    }

    /// Retries may take a fifth of what is loaded, so that a storm of them never starves fresh work.
    private static let retryShare = 5
    /// After so long what could not be read is tried again: a passing cause (a full disk, a busy file) is over by then or soon.
    static let readAgainMilliseconds: Int64 = 10_000
    /// A page that failed so long ago and not since is forgotten.
    private static let unreadMilliseconds: Int64 = 60_000

    private struct Lane: Sendable {
        /// Deliveries that are loaded at most.
        var most: Int
        /// What is read is encrypted on another thread: nothing more is read until that has come back.
        var isOneAtATime: Bool
        /// Reads that have not come back.
        var reading = 0
        /// Highest tag of a page it was given; urgent ones apart.
        var lastTag = Int64.min
        /// Retries handed to the lane whose outcome is not on the disk yet.
        var claimed: Set<DeliveryID> = []
        /// Pages that could not be read, and when they are tried again.
        var unread: [PageID: Int64] = [:]
        var pagesAgain: [(entry: Scheduler.Entry, due: Int64)] = []
        var lookUpsAgain: [(batch: LoadedBatch, due: Int64)] = []
    }

    private(set) var scheduler = Scheduler()
    private var lanes: [LaneID: Lane] = [:]

    /// `most`: deliveries that are loaded ahead.
    mutating func add(_ id: LaneID, most: Int, isOneAtATime: Bool, virtualTime: Int64) {
        scheduler.restore(virtualTime: virtualTime, of: id)
        lanes[id] = Lane(most: most, isOneAtATime: isOneAtATime)
    }

    /// The lane is closed; what waits for it is read from the disk when it is opened again.
    mutating func remove(_ id: LaneID) {
        scheduler.remove(lane: id)
        lanes[id] = nil
    }

    /// Something is read on another thread.
    func isReading(_ id: LaneID) -> Bool { lanes[id].map { $0.reading > 0 } ?? false }

    // MARK: - Pages

    /// A page that is on the disk and waits.
    mutating func add(_ page: Scheduler.Entry) { scheduler.add(page) }

    mutating func tag(_ flow: Scheduler.Flow, count: Int) -> Int64 { scheduler.tag(flow, count: count) }

    /// The lane's time is that of the page it sends, not of the last one loaded: a small event goes before what waits in the lane.
    /// `startedTag`: of what it has begun; `loaded`: what it has left.
    mutating func started(_ id: LaneID, tag startedTag: Int64, loaded: Int) {
        guard let lane = lanes[id] else { return }
        scheduler.started(tag: loaded == 0 ? lane.lastTag : startedTag, on: id)
    }

    /// Whether anything is read now.
    func wants(_ id: LaneID, _ demand: Demand) -> Bool {
        guard let lane = lanes[id], lane.reading == 0, demand.mayRead else { return false }
        return demand.loaded < lane.most / 2 || scheduler.overtakes(lane.lastTag, on: id)
    }

    /// The page to read now; nil: enough is loaded, or none waits. What goes before pages that are loaded and not begun does not wait for
    /// their end, within bounds. Begin with ``wants(_:_:)``.
    mutating func nextPage(_ id: LaneID, _ demand: Demand) -> Scheduler.Entry? {
        guard let lane = lanes[id], lane.reading == 0, demand.mayRead, demand.canRecord,
            demand.loaded < (scheduler.overtakes(lane.lastTag, on: id) ? 2 * lane.most : lane.most),
            let entry = scheduler.takeAhead(on: id)
        else { return nil }
        if !entry.isUrgent { lanes[id]?.lastTag = max(lane.lastTag, entry.tag) }
        return entry
    }

    /// Something is read on another thread.
    mutating func began(_ id: LaneID) { lanes[id]?.reading += 1 }

    /// What was read on another thread has come back.
    mutating func cameBack(_ id: LaneID) { lanes[id]?.reading -= 1 }

    /// The order of a batch that is no page: behind what is loaded, so that a storm of retries never goes before fresh work.
    func tagBehind(_ id: LaneID) -> Int64 { max(lanes[id]?.lastTag ?? .min, scheduler.virtualTime(of: id)) }

    // MARK: - Retries

    /// How many due retries to look for; nil: none now.
    func retriesWanted(_ id: LaneID, _ demand: Demand) -> Int? {
        guard let lane = lanes[id], lane.reading == 0, demand.loaded < lane.most / 2 else { return nil }
        let most = lane.most / Self.retryShare
        return lane.claimed.count < most ? most : nil
    }

    /// Of the retries that are due those not handed over yet, in the parts in which they are read: together, however many pages they lie on,
    /// but for a page that could not be read before, which keeps its own retries only.
    mutating func claim(_ due: [QueueReader.Retry], on id: LaneID, now: Int64) -> [[QueueReader.Retry]] {
        guard let lane = lanes[id] else { return [] }
        let fresh = due.filter { !lane.claimed.contains($0.delivery) }
        let sound = fresh.filter { lane.unread[$0.delivery.page] == nil }
        let doubtful = fresh.filter { lane.unread[$0.delivery.page].map { $0 <= now } ?? false }
        var parts = sound.isEmpty ? [] : [sound]
        parts += Dictionary(grouping: doubtful, by: \.delivery.page).sorted { $0.key < $1.key }.map(\.value)
        // The next part waits until this one has come back; its retries are still due then.
        if lane.isOneAtATime { parts = Array(parts.prefix(1)) }
        for part in parts { lanes[id]?.claimed.formUnion(part.map(\.delivery)) }
        return parts
    }

    /// Outcomes of these are on the disk, or an operator's order has ended or changed them: a new row of theirs is loaded again.
    mutating func recorded(_ retries: some Sequence<DeliveryID>) {
        for id in lanes.keys { lanes[id]?.claimed.subtract(retries) }
    }

    // MARK: - What could not be read

    /// A read failed. Nothing of it is lost: retries are given back, and what was read is read again after a while, since most causes pass.
    ///
    /// - Returns: whether this is new; it is said once for a page, not at each try.
    mutating func failed(_ source: Source, of id: LaneID, now: Int64) -> Bool {
        guard let lane = lanes[id] else { return false }
        let again = now + Self.readAgainMilliseconds
        switch source {
        case .page(let entry):
            lanes[id]?.unread[entry.page] = again
            lanes[id]?.pagesAgain.append((entry, again))
            return lane.unread[entry.page] == nil
        case .retries(let claimed):
            lanes[id]?.claimed.subtract(claimed)
            let pages = Set(claimed.map(\.page))
            for page in pages { lanes[id]?.unread[page] = again }
            return pages.contains { lane.unread[$0] == nil }
        case .lookUp(let batch):
            lanes[id]?.lookUpsAgain.append((batch, again))
            return true
        }
    }

    /// At each tick: pages whose time to be tried again has come are handed out anew by ``nextPage(_:_:)``.
    ///
    /// - Returns: the batches to be looked up again.
    mutating func readAgain(_ id: LaneID, now: Int64) -> [LoadedBatch] {
        guard let lane = lanes[id] else { return [] }
        for (entry, due) in lane.pagesAgain where due <= now { scheduler.add(entry) }
        lanes[id]?.pagesAgain.removeAll { $0.due <= now }
        lanes[id]?.lookUpsAgain.removeAll { $0.due <= now }
        // One that fails still is newer at each try.
        if !lane.unread.isEmpty { lanes[id]?.unread = lane.unread.filter { now - $0.value < Self.unreadMilliseconds } }
        return lane.lookUpsAgain.filter { $0.due <= now }.map(\.batch)
    }
}
