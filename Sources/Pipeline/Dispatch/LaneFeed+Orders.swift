import Domain
import Synchronization

/// An operator's order about single deliveries, on the lane's thread.
extension LaneFeed {
    /// Takes deliveries out of what waits; those under way finish, and end as the order says unless they succeed.
    ///
    /// - Returns: those under way. What this lane has produced before is with the recorder by then.
    func take(_ bar: OrderBar) -> Set<DeliveryID> {
        handOver()
        bars.add(bar, now: time.monotonic())
        // Earlier bars have taken out theirs already, when they came or when the batch did.
        let (removed, untouched) = stock.remove(bar.deliveries)
        setAside(removed, untouched: untouched)
        aside += platformPart.parked.remove(bar.deliveries)
        var underWay: Set<DeliveryID> = []
        for index in flights.indices {
            guard let delivery = flights[index]?.delivery, delivery.reply == nil, bar.deliveries.contains(delivery.id)
            else { continue }
            flights[index]?.ending = bar.mark
            flights[index]?.endingOrder = bar.order
            underWay.insert(delivery.id)
        }
        return underWay
    }

    func conclude(_ order: Int, _ isCommitted: Bool) {
        defer { aside = [] }
        guard !isCommitted else { return }
        bars.remove(order: order)
        for index in flights.indices where flights[index]?.endingOrder == order { flights[index]?.ending = nil }
        stock.putFirst(aside)
    }

    /// From a batch that comes, what an order took out since it was read.
    func setAside(from batch: inout LoadedBatch) {
        let (bars, generation) = (bars, batch.generation)
        guard generation < bars.newest else { return }
        let removed = batch.remove { bars.stops($0, readAt: generation) }
        setAside(removed, untouched: removed.count)
    }

    private func setAside(_ removed: [LoadedDelivery], untouched: Int) {
        aside += removed
        if untouched > 0 { shared.withLock { $0.loaded -= untouched } }
    }
}
