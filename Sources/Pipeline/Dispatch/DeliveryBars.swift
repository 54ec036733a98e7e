import Domain

/// What an operator's order takes out of a lane's memory.
struct OrderBar: Sendable {
    /// Counts the orders of this process.
    var order: Int
    var deliveries: Set<DeliveryID>
    /// How those end that are under way and do not succeed.
    var mark: SlotResult
}

/// Deliveries that must not be sent although they may be loaded: what was read before an order was on the disk may come after it (from
/// the sealer, or looked up anew), and is stopped here.
///
/// A batch says which order was on the disk when it was read; only younger bars concern it, so what is released or tried again later passes.
struct DeliveryBars {
    private struct Bar {
        var order: Int
        var deliveries: Set<DeliveryID>
        /// Monotonic milliseconds.
        var madeAt: Int64
    }

    /// Nothing that was read is on its way for so long.
    static let ageMaxMilliseconds: Int64 = 600_000

    private var bars: [Bar] = []
    /// The last order seen.
    private(set) var newest = 0

    mutating func add(_ bar: OrderBar, now: Int64) {
        bars.removeAll { now - $0.madeAt > Self.ageMaxMilliseconds }
        bars.append(Bar(order: bar.order, deliveries: bar.deliveries, madeAt: now))
        newest = max(newest, bar.order)
    }

    /// The order did not get to the disk.
    mutating func remove(order: Int) { bars.removeAll { $0.order == order } }

    /// Whether a delivery read at `generation` has been taken out since.
    func stops(_ delivery: DeliveryID, readAt generation: Int) -> Bool {
        generation < newest && bars.contains { $0.order > generation && $0.deliveries.contains(delivery) }
    }
}
