import Domain
import Store

/// The operator's orders about deliveries that may be loaded, one at a time: their numbers, what they took out of memory, and which of them
/// was on the disk when something was read. A value without I/O.
struct OrderBook: Sendable {
    /// Orders of this process that were given a number.
    private var given = 0
    /// The last that was on the disk: what is read now has met it (``StoppedDeliveries``).
    private(set) var concluded = 0
    /// By the order under way.
    private var takenOut: Set<DeliveryID> = []

    mutating func begin() {
        given += 1
        takenOut = []
    }

    /// What a lane is told that may have some of these. `mark`: how those end that are under way and do not succeed.
    mutating func stop(_ deliveries: Set<DeliveryID>, as mark: SlotResult) -> StopOrder {
        takenOut.formUnion(deliveries)
        return StopOrder(order: given, deliveries: deliveries, mark: mark)
    }

    /// These were not taken out: they finish.
    mutating func found(underWay: Set<DeliveryID>) { takenOut.subtract(underWay) }

    /// - Returns: what every lane is told, and the deliveries whose rows an order on the disk has ended or changed: a new row of theirs is
    ///   loaded again (``LoadPlan/recorded(_:)``).
    mutating func conclude(isCommitted: Bool) -> (word: LaneOrder, released: Set<DeliveryID>) {
        defer { takenOut = [] }
        if isCommitted { concluded = given }
        return (.concluded(order: given, isCommitted: isCommitted), isCommitted ? takenOut : [])
    }
}
