import Domain
import Logging
import Providers
import Store
import Telemetry

/// Fills the lanes as ``LoadPlan`` says.
extension Dispatcher {
    /// Reads until enough waits in the lane.
    func fill(_ id: LaneID) {
        var filling = LoadPlan.Filling(id)
        while let lane = lanes[id], let step = plan.next(&filling, demand(of: lane)) {
            switch step {
            case .retries(let most): loadRetries(of: lane, most: most)
            case .page(let entry):
                deliver(id, .page(entry), tag: entry.tag, isUrgent: entry.isUrgent) {
                    try $0.load(entry.page, on: lane.definition.provider, now: $1)
                }
            }
        }
    }

    private func demand(of lane: Lane) -> LoadPlan.Demand {
        LoadPlan.Demand(
            lane.feed.mail.condition,
            loaded: lane.feed.mail.loaded,
            canRecord: !recorder.isFull
        )
    }

    private func loadRetries(of lane: Lane, most: Int) {
        do {
            // Rows already handed over are still there until their outcome is committed.
            let due = try reader.dueRetries(on: lane.id, now: time.now(), limit: most)
            for retries in plan.claim(due, on: lane.id, now: time.monotonic()) {
                deliver(lane.id, .retries(retries.map(\.delivery)), tag: plan.tagBehind(lane.id)) {
                    try $0.load(retries, on: lane.definition.provider, now: $1)
                }
            }
        } catch {
            logger.error("retries cannot be read", metadata: ["lane": "\(lane.definition.name)", "error": "\(error)"])
        }
    }

    /// Loads, ends what cannot be sent, and hands the rest to the lane; a push service's by the sealer, on its thread.
    func deliver(
        _ id: LaneID,
        _ source: LoadPlan.Source,
        tag: Int64,
        generation: Int? = nil,
        isUrgent: Bool = false,
        _ load: @escaping @Sendable (inout DeliveryLoader, _ now: Int64) throws -> DeliveryLoader.Loaded
    ) {
        guard let lane = lanes[id] else { return }
        let now = time.monotonic()
        let generation = generation ?? orders.concluded
        guard lane.encrypts else {
            let result = Result { try load(&loader, now) }
            handOver(result, to: lane, tag: tag, isUrgent: isUrgent, loadedAt: now, generation)
            if case .failure(let error) = result { unread(source, of: id, error) }
            return
        }
        plan.began(id)
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

    /// A read failed; the plan gives it back.
    func unread(_ source: LoadPlan.Source, of id: LaneID, _ error: any Error) {
        guard let lane = lanes[id], plan.failed(source, of: id, now: time.monotonic()) else { return }
        let page: String =
            switch source {
            case .page(let entry): "\(entry.page.rawValue)"
            case .retries(let retries):
                Set(retries.map(\.page.rawValue)).sorted().map(String.init).joined(separator: " ")
            case .lookUp: "addresses"
            }
        logger.error(
            "cannot be loaded, tried again in a while",
            metadata: ["lane": "\(lane.definition.name)", "page": "\(page)", "error": "\(error)"]
        )
    }

    /// The same deliveries with the addresses of this moment.
    func lookUp(_ batch: LoadedBatch, on id: LaneID) {
        guard let lane = lanes[id] else { return }
        deliver(id, .lookUp(batch), tag: batch.tag, generation: batch.generation, isUrgent: batch.isUrgent) {
            try $0.reload(batch, on: lane.definition.provider, now: $1)
        }
    }
}

extension Dispatcher.Lane {
    /// Its pages are loaded on the sealer's thread.
    var encrypts: Bool { definition.provider.encryptsEachMessage }
}
