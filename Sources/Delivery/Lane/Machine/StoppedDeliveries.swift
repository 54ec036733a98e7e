import Domain

/// What an operator's order takes out of a lane's memory.
struct StopOrder: Sendable {
    /// Counts the orders of this process.
    var order: Int
    var deliveries: Set<DeliveryID>
    /// How those end that are under way and do not succeed.
    var mark: SlotResult
}

/// Deliveries that must not be sent although they may be loaded: what was read before an order was on the disk may come after it (from
/// the sealer, or looked up anew), and is stopped here.
///
/// A batch says which order was on the disk when it was read; only younger orders concern it, so what is released or tried again later
/// passes.
struct StoppedDeliveries: Sendable {
    private struct Stop {
        var order: Int
        var deliveries: Set<DeliveryID>
        /// Monotonic milliseconds.
        var madeAt: Int64
    }

    /// Nothing that was read is on its way for so long.
    static let ageMaxMilliseconds: Int64 = 600_000

    private var stops: [Stop] = []
    /// The last order seen.
    private(set) var newest = 0

    mutating func add(_ stop: StopOrder, now: Int64) {
        stops.removeAll { now - $0.madeAt > Self.ageMaxMilliseconds }
        stops.append(Stop(order: stop.order, deliveries: stop.deliveries, madeAt: now))
        newest = max(newest, stop.order)
    }

    /// The order did not get to the disk.
    mutating func remove(order: Int) { stops.removeAll { $0.order == order } }

    /// The first order that took out a delivery read at `generation`; nil when none has since.
    func order(stopping delivery: DeliveryID, readAt generation: Int) -> Int? {
        guard generation < newest else { return nil }
        return stops.first { $0.order > generation && $0.deliveries.contains(delivery) }?.order
    }
}
