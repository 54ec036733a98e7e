import Domain

/// What a lane holds ready, in the order it goes: what came back from the engine, what a closed lane has given back, then page by page.
///
/// Belongs to the lane's thread. Nothing here costs more than a few instructions a delivery.
struct LaneStock {
    /// Beyond it an address is looked up again.
    private static let ageMaxMilliseconds: Int64 = 60_000

    /// What has waited so long, or behind a closed lane, that its phones may have changed hands: looked up again, never sent as it is.
    struct Stale {
        var batch: LoadedBatch
        /// True for a page or retries as they were added; false for deliveries that were taken before.
        var isUntouched: Bool
    }

    /// By tag, urgent ones first.
    private var batches: [LoadedBatch] = []
    /// Goes next, the last one first.
    private var again: [LoadedDelivery] = []
    /// In this order, once `again` is used up: each probe of a closed lane is another delivery.
    private var returned: [LoadedDelivery] = []
    /// When the lane was last seen closed (monotonic).
    var closedAt = Int64.min
    /// Highest tag of a page of which something was taken; urgent ones apart.
    private(set) var startedTag = Int64.min

    /// What stands at the front is urgent.
    var isUrgentNext: Bool {
        (again.last?.event.urgency ?? (batches.first?.isUrgent == true ? .urgent : .normal)) == .urgent
    }

    mutating func add(_ batch: LoadedBatch) {
        let place = batches.firstIndex { ($0.isUrgent ? 0 : 1, $0.tag) > (batch.isUrgent ? 0 : 1, batch.tag) }
        batches.insert(batch, at: place ?? batches.endIndex)
    }

    /// Goes before everything else.
    mutating func putFirst(_ delivery: LoadedDelivery) { again.append(delivery) }

    /// Go before everything else, in this order.
    mutating func putFirst(_ deliveries: [LoadedDelivery]) { again += deliveries.reversed() }

    /// Goes behind what has come back before it, and before the pages.
    mutating func putBack(_ delivery: LoadedDelivery) { returned.append(delivery) }

    /// Takes the next delivery.
    ///
    /// - Parameters:
    ///   - now: monotonic milliseconds.
    ///   - generation: the newest order, which all that is here has met.
    ///   - began: called when the delivery was not taken before.
    ///   - isStale: called with what has to be looked up again, and is here no more.
    /// - Returns: the delivery; nil when none is left.
    mutating func next(
        _ now: Int64,
        generation: Int,
        began: () -> Void,
        isStale: (Stale) -> Void
    ) -> LoadedDelivery? {
        if again.isEmpty, !returned.isEmpty {
            again = returned.reversed()
            returned = []
        }
        if let delivery = again.last {
            if !isOld(delivery.loadedAt, now) { return again.removeLast() }
            let batch = LoadedBatch(
                tag: .min,
                deliveries: again,
                loadedAt: delivery.loadedAt,
                generation: generation
            )
            again = []
            isStale(Stale(batch: batch, isUntouched: false))
        }
        while !batches.isEmpty {
            if batches[0].remaining == 0 {
                batches.removeFirst()
            } else if isOld(batches[0].loadedAt, now) {
                isStale(Stale(batch: batches.removeFirst(), isUntouched: true))
            } else {
                began()
                if batches[0].position == 0, !batches[0].isUrgent { startedTag = max(startedTag, batches[0].tag) }
                defer { batches[0].position += 1 }
                return batches[0].deliveries[batches[0].position]
            }
        }
        return nil
    }

    /// Takes deliveries out.
    ///
    /// - Returns: them, and how many had not been taken before.
    mutating func remove(_ deliveries: Set<DeliveryID>) -> (removed: [LoadedDelivery], untouched: Int) {
        var removed: [LoadedDelivery] = []
        for index in batches.indices { removed += batches[index].remove { deliveries.contains($0) } }
        let untouched = removed.count
        removed += again.remove(deliveries)
        removed += returned.remove(deliveries)
        return (removed, untouched)
    }

    private func isOld(_ loadedAt: Int64, _ now: Int64) -> Bool {
        loadedAt < closedAt || now - loadedAt > Self.ageMaxMilliseconds
    }
}

extension LoadedBatch {
    /// Takes out what is still to be taken and barred, and returns it.
    mutating func remove(where isBarred: (DeliveryID) -> Bool) -> [LoadedDelivery] {
        let rest = deliveries[position...]
        guard rest.contains(where: { isBarred($0.id) }) else { return [] }
        let removed = rest.filter { isBarred($0.id) }
        deliveries = rest.filter { !isBarred($0.id) }
        position = 0
        return removed
    }
}

extension [LoadedDelivery] {
    mutating func remove(_ barred: Set<DeliveryID>) -> [LoadedDelivery] {
        let removed = filter { barred.contains($0.id) }
        if !removed.isEmpty { removeAll { barred.contains($0.id) } }
        return removed
    }
}
