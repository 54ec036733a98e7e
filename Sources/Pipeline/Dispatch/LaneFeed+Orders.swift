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
        for index in batches.indices { setAside(from: &batches[index]) { bar.deliveries.contains($0) } }
        setAside(from: &again, bar.deliveries)
        setAside(from: &returned, bar.deliveries)
        setAside(from: &platformPart.parked, bar.deliveries)
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
        again += aside.reversed()
    }

    /// From a batch, what an order took out since it was read.
    func setAside(from batch: inout LoadedBatch) {
        let (bars, generation) = (bars, batch.generation)
        guard generation < bars.newest else { return }
        setAside(from: &batch) { bars.stops($0, readAt: generation) }
    }

    private func setAside(from batch: inout LoadedBatch, where isBarred: (DeliveryID) -> Bool) {
        var kept: [LoadedDelivery] = []
        kept.reserveCapacity(batch.remaining)
        for delivery in batch.deliveries[batch.position...] {
            if isBarred(delivery.id) {
                aside.append(delivery)
            } else {
                kept.append(delivery)
            }
        }
        let gone = batch.remaining - kept.count
        guard gone > 0 else { return }
        batch.deliveries = kept
        batch.position = 0
        shared.withLock { $0.loaded -= gone }
    }

    private func setAside(from deliveries: inout [LoadedDelivery], _ barred: Set<DeliveryID>) {
        guard deliveries.contains(where: { barred.contains($0.id) }) else { return }
        aside += deliveries.filter { barred.contains($0.id) }
        deliveries.removeAll { barred.contains($0.id) }
    }
}
