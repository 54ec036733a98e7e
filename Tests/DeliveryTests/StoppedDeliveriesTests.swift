import Domain
import Store
import Testing

@testable import Delivery

/// What an operator's order keeps from being sent although it may be on its way to the lane.
struct StoppedDeliveriesTests {
    private var stopped = StoppedDeliveries()
    private static let drop = SlotResult(.dropped, reason: .dropped)

    private static func id(_ number: Int64) -> DeliveryID { DeliveryID(rawValue: number) }

    private mutating func stop(_ order: Int, _ deliveries: [Int64], now: Int64 = 0) {
        stopped.add(StopOrder(order: order, deliveries: Set(deliveries.map(Self.id)), mark: Self.drop), now: now)
    }

    @Test mutating func `an order concerns what was read before it was on the disk, and nothing read since`() {
        stop(1, [7])
        #expect(stopped.newest == 1)
        #expect(stopped.order(stopping: Self.id(7), readAt: 0) == 1)
        #expect(stopped.order(stopping: Self.id(7), readAt: 1) == nil)
        #expect(stopped.order(stopping: Self.id(8), readAt: 0) == nil)
    }

    @Test mutating func `of several orders the first since the reading counts`() {
        stop(1, [7, 8])
        stop(2, [7])
        stop(3, [8])
        #expect(
            stopped.order(stopping: Self.id(7), readAt: 0) == 1 && stopped.order(stopping: Self.id(7), readAt: 1) == 2
        )
        #expect(
            stopped.order(stopping: Self.id(8), readAt: 2) == 3 && stopped.order(stopping: Self.id(7), readAt: 2) == nil
        )
    }

    @Test mutating func `an order that failed concerns nothing, the others do`() {
        stop(1, [7])
        stop(2, [7, 8])
        stopped.remove(order: 2)
        #expect(stopped.order(stopping: Self.id(8), readAt: 0) == nil)
        #expect(stopped.order(stopping: Self.id(7), readAt: 0) == 1 && stopped.newest == 2)
    }

    @Test mutating func `orders are forgotten when nothing that was read before can still come`() {
        stop(1, [7], now: 0)
        stop(2, [8], now: StoppedDeliveries.ageMaxMilliseconds)
        #expect(stopped.order(stopping: Self.id(7), readAt: 0) == 1)
        stop(3, [9], now: StoppedDeliveries.ageMaxMilliseconds + 1)
        #expect(stopped.order(stopping: Self.id(7), readAt: 0) == nil)
        #expect(stopped.order(stopping: Self.id(8), readAt: 0) == 2)
    }
}
