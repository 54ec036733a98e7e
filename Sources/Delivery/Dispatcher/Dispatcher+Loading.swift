import Domain
import Logging
import Providers
import Store

/// Fills the lanes: retries that are due first, up to their share, then pages in the scheduler's order.
extension Dispatcher {
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
            deliver(id, tag: entry.tag, isUrgent: entry.isUrgent) {
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
            guard !due.isEmpty else { return }
            lanes[id]?.claimedRetries.formUnion(due.map(\.delivery))
            // Behind what is loaded: a storm of retries never goes before fresh work.
            deliver(id, tag: max(lane.lastTag, scheduler.virtualTime(of: id))) {
                try $0.load(due, on: lane.definition.provider, now: $1)
            }
        } catch {
            logger.error("retries cannot be read", metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"])
        }
    }

    /// Loads, ends what cannot be sent, and hands the rest to the lane. A push service's page is loaded by the sealer, and the next one
    /// when this has come back.
    func deliver(
        _ id: LaneID,
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
            return handOver(result, to: lane, tag: tag, isUrgent: isUrgent, loadedAt: now, generation)
        }
        lanes[id]?.isSealing = true
        sealer.submit(
            .init(load: { try load(&$0, now) }) { [self, signal] result in
                handOver(result, to: lane, tag: tag, isUrgent: isUrgent, loadedAt: now, generation)
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
        do {
            let loaded = try result.get()
            if !loaded.ended.isEmpty { recorder.take(.init(outcomes: loaded.ended)) }
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
        } catch {
            // The page stays open in the store and is taken up again at the next start; doctor names it.
            logger.error("page cannot be loaded", metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"])
        }
    }
}

extension Dispatcher.Lane {
    /// Its pages are loaded on the sealer's thread.
    var encrypts: Bool { definition.provider.encryptsEachMessage }
}
