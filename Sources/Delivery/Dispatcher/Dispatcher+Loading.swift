import Domain
import Logging
import Providers
import Store
import Telemetry

/// Fills the lanes: retries that are due first, up to their share, then pages in the scheduler's order.
extension Dispatcher {
    /// After so long a page that could not be read is tried again: a passing cause (a full disk, a busy file) is over by then or soon.
    private static let readAgainMilliseconds: Int64 = 10_000

    /// Loads until enough waits in the feed: retries that are due first, up to their share, then pages in order.
    func fill(_ id: LaneID) {
        guard let lane = lanes[id] else { return }
        let most = lane.encrypts ? Limits.deliveriesPerPage : limits.deliveriesLoadedPerLane
        guard lane.feed.mail.loaded < most / 2 || scheduler.overtakes(lane.lastTag, on: id), !lane.isSealing else {
            return
        }
        // A closed lane gets no more than it needs to probe; a paused one nothing.
        let status = lane.feed.mail.condition
        guard status.isActive || (status.isSendingAllowed && lane.feed.mail.loaded == 0) else { return }
        if lane.feed.mail.loaded < most / 2 { loadRetries(id, most: most / Self.retryShare) }
        guard lanes[id]?.isSealing == false else { return }
        // What goes before pages that are loaded and not begun does not wait for their end, within bounds.
        // Pages whose event has ended load nothing: the recorder says when there are enough of them.
        while !recorder.isFull, let last = lanes[id]?.lastTag,
            lane.feed.mail.loaded < (scheduler.overtakes(last, on: id) ? 2 * most : most),
            let entry = scheduler.takeAhead(on: id)
        {
            lanes[id]?.lastTag = entry.isUrgent ? last : max(last, entry.tag)
            deliver(id, .page(entry), tag: entry.tag, isUrgent: entry.isUrgent) {
                try $0.load(entry.page, on: lane.definition.provider, now: $1)
            }
            if !status.isActive || lane.encrypts { break }
        }
    }

    func loadRetries(_ id: LaneID, most: Int) {
        guard let lane = lanes[id], lane.claimedRetries.count < most else { return }
        do {
            // Rows already handed over are still there until their outcome is committed.
            let due = try reader.dueRetries(on: id, now: time.now(), limit: most)
                .filter { !lane.claimedRetries.contains($0.delivery) }
            // A page that cannot be read keeps its own retries only.
            for (page, retries) in Dictionary(grouping: due, by: \.delivery.page).sorted(by: { $0.key < $1.key }) {
                guard lanes[id]?.pagesUnread[page].map({ $0 <= time.monotonic() }) ?? true else { continue }
                let claimed = retries.map(\.delivery)
                lanes[id]?.claimedRetries.formUnion(claimed)
                // Behind what is loaded: a storm of retries never goes before fresh work.
                deliver(id, .retries(page, claimed), tag: max(lane.lastTag, scheduler.virtualTime(of: id))) {
                    try $0.load(retries, on: lane.definition.provider, now: $1)
                }
            }
        } catch {
            logger.error("retries cannot be read", metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"])
        }
    }

    /// Loads, ends what cannot be sent, and hands the rest to the lane. A push service's page is loaded by the sealer, and the next one
    /// when this has come back.
    func deliver(
        _ id: LaneID,
        _ source: LoadSource,
        tag: Int64? = nil,
        generation: Int? = nil,
        isUrgent: Bool = false,
        _ load: @escaping @Sendable (inout DeliveryLoader, _ now: Int64) throws -> DeliveryLoader.Loaded
    ) {
        guard let lane = lanes[id] else { return }
        let now = time.monotonic()
        let tag = tag ?? scheduler.virtualTime(of: id)
        let generation = generation ?? ordersConcluded
        guard lane.encrypts else {
            let result = Result { try load(&loader, now) }
            handOver(result, to: lane, tag: tag, isUrgent: isUrgent, loadedAt: now, generation)
            if case .failure(let error) = result { unread(source, of: id, error) }
            return
        }
        lanes[id]?.isSealing = true
        sealer.submit(
            .init(load: { try load(&$0, now) }) { [self, signal] result in
                handOver(result, to: lane, tag: tag, isUrgent: isUrgent, loadedAt: now, generation)
                if case .failure(let error) = result { signal.yield(.unread(source, id, StoreError(error))) }
                signal.yield(.sealed(id))
            }
        )
    }

    nonisolated func handOver(
        _ result: Result<DeliveryLoader.Loaded, any Error>,
        to lane: Lane,
        tag: Int64,
        isUrgent: Bool,
        loadedAt: Int64,
        _ generation: Int
    ) {
        guard case .success(let loaded) = result else { return }
        if !loaded.ended.isEmpty { recorder.take(.init(outcomes: loaded.ended)) }
        if !loaded.unreadable.isEmpty { queue.giveUp(loaded.unreadable, now: time.now()) }
        guard !loaded.deliveries.isEmpty else { return }
        lane.feed.mail.add(
            LoadedBatch(
                tag: tag,
                isUrgent: isUrgent,
                deliveries: loaded.deliveries,
                loadedAt: loadedAt,
                generation: generation
            )
        )
        wake(lane)
    }

    /// A read failed. Nothing of it is lost: retries are given back, and what was read is read again after a while, since most causes pass.
    func unread(_ source: LoadSource, of id: LaneID, _ error: any Error) {
        guard let lane = lanes[id] else { return }
        let again = time.monotonic() + Self.readAgainMilliseconds
        switch source {
        case .page(let entry):
            if lane.pagesUnread[entry.page] == nil { logUnread(entry.page, of: lane, error) }
            lanes[id]?.pagesUnread[entry.page] = again
            lanes[id]?.readAgain.append((entry, again))
        case .retries(let page, let claimed):
            lanes[id]?.claimedRetries.subtract(claimed)
            if lane.pagesUnread[page] == nil { logUnread(page, of: lane, error) }
            lanes[id]?.pagesUnread[page] = again
        case .lookUp(let batch):
            logger.error(
                "addresses cannot be read",
                metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"]
            )
            lanes[id]?.lookUpAgain.append((batch, again))
        }
    }

    /// Said once for a page, not at each try.
    private func logUnread(_ page: PageID, of lane: Lane, _ error: any Error) {
        logger.error(
            "page cannot be loaded",
            metadata: ["lane": "\(lane.definition.name)", "page": "\(page.rawValue)", "error": "\(error)"]
        )
    }

    /// What could not be read a while ago is tried again; at each tick.
    func readAgain(_ id: LaneID) {
        guard let lane = lanes[id] else { return }
        let now = time.monotonic()
        for (entry, due) in lane.readAgain where due <= now { scheduler.add(entry) }
        lanes[id]?.readAgain.removeAll { $0.due <= now }
        lanes[id]?.lookUpAgain.removeAll { $0.due <= now }
        for (batch, due) in lane.lookUpAgain where due <= now { lookUp(batch, on: id) }
        // One that fails still is newer at each try.
        if !lane.pagesUnread.isEmpty { lanes[id]?.pagesUnread = lane.pagesUnread.filter { now - $0.value < 60_000 } }
    }

    /// The same deliveries with the addresses of this moment.
    func lookUp(_ batch: LoadedBatch, on id: LaneID) {
        guard let lane = lanes[id] else { return }
        deliver(id, .lookUp(batch), tag: batch.tag, generation: batch.generation, isUrgent: batch.isUrgent) {
            try $0.reload(batch, on: lane.definition.provider, now: $1)
        }
    }
}

/// What is read for a lane, so that a read that fails gives it back.
enum LoadSource: Sendable {
    case page(Scheduler.Entry)
    case retries(PageID, [DeliveryID])
    case lookUp(LoadedBatch)
}

extension Dispatcher.Lane {
    /// Its pages are loaded on the sealer's thread.
    var encrypts: Bool { definition.provider.encryptsEachMessage }
}
