import Domain
import Providers

/// What a lane holds ready, in the order it goes: what came back from the engine, what a closed lane has given back, then page by page.
///
/// Nothing here costs more than a few instructions a delivery.
struct ReadyQueue: Sendable {
    /// By tag, urgent ones first.
    private var batches: [LoadedBatch] = []
    /// Goes next, the last one first.
    private var again: [LoadedDelivery] = []
    /// In this order, once `again` is used up: each probe of a closed lane is another delivery.
    private var returned: [LoadedDelivery] = []
    /// Highest tag of a page of which something was taken; urgent ones apart.
    private(set) var startedTag = Int64.min
    /// Deliveries of batches that were not taken yet.
    private(set) var untouched = 0

    /// What stands at the front is urgent.
    var isUrgentNext: Bool {
        (again.last?.event.urgency ?? (batches.first?.isUrgent == true ? .urgent : .normal)) == .urgent
    }

    mutating func add(_ batch: LoadedBatch) {
        let place = batches.firstIndex { ($0.isUrgent ? 0 : 1, $0.tag) > (batch.isUrgent ? 0 : 1, batch.tag) }
        batches.insert(batch, at: place ?? batches.endIndex)
        untouched += batch.remaining
    }

    /// Goes before everything else.
    mutating func putFirst(_ delivery: LoadedDelivery) { again.append(delivery) }

    /// Go before everything else, in this order.
    mutating func putFirst(_ deliveries: [LoadedDelivery]) { again += deliveries.reversed() }

    /// Goes behind what has come back before it, and before the pages.
    mutating func putBack(_ delivery: LoadedDelivery) { returned.append(delivery) }

    /// Takes the next delivery; nil when none is left. `old` gets the batches that are too old as a whole.
    mutating func next(_ freshness: Freshness, now: Int64, old: inout [LoadedBatch]) -> LoadedDelivery? {
        if again.isEmpty, !returned.isEmpty {
            again = returned.reversed()
            returned = []
        }
        if let delivery = again.popLast() { return delivery }
        while !batches.isEmpty {
            if batches[0].remaining == 0 {
                batches.removeFirst()
            } else if freshness.isOld(readAt: batches[0].loadedAt, now: now) {
                untouched -= batches[0].remaining
                old.append(batches.removeFirst())
            } else {
                if batches[0].position == 0, !batches[0].isUrgent { startedTag = max(startedTag, batches[0].tag) }
                defer { batches[0].position += 1 }
                untouched -= 1
                return batches[0].deliveries[batches[0].position]
            }
        }
        return nil
    }

    /// Takes deliveries out.
    mutating func remove(where isStopped: (LoadedDelivery) -> Bool) -> [LoadedDelivery] {
        var removed: [LoadedDelivery] = []
        for index in batches.indices { removed += batches[index].remove(where: isStopped) }
        untouched -= removed.count
        removed += again.remove(where: isStopped)
        removed += returned.remove(where: isStopped)
        return removed
    }
}

extension LoadedBatch {
    /// Takes out what is still to be taken and stopped, and returns it.
    mutating func remove(where isStopped: (LoadedDelivery) -> Bool) -> [LoadedDelivery] {
        let rest = deliveries[position...]
        guard rest.contains(where: isStopped) else { return [] }
        let removed = rest.filter(isStopped)
        deliveries = rest.filter { !isStopped($0) }
        position = 0
        return removed
    }
}

extension [LoadedDelivery] {
    mutating func remove(where isStopped: (LoadedDelivery) -> Bool) -> [LoadedDelivery] {
        let removed = filter(isStopped)
        if !removed.isEmpty { removeAll(where: isStopped) }
        return removed
    }
}
