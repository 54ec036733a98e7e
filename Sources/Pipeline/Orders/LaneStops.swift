package import Delivery
package import Domain

/// How an order takes what it is about to change out of the lanes, and lets them go on.
package struct LaneStops: Sendable {
    package typealias Stop =
        @Sendable (_ deliveries: [LaneID: Set<DeliveryID>], _ mark: SlotResult) async throws -> Set<DeliveryID>

    /// Takes deliveries out of memory and returns those under way; `conclude` follows, also when it throws.
    package var stop: Stop
    package var conclude: @Sendable (_ isCommitted: Bool) async -> Void

    package init(stop: @escaping Stop, conclude: @escaping @Sendable (Bool) async -> Void) {
        self.stop = stop
        self.conclude = conclude
    }

    /// Nobody sends: the service is down and the store is ours.
    package static let none = LaneStops(stop: { _, _ in [] }, conclude: { _ in })

    package init(_ dispatcher: Dispatcher) {
        self.init(
            stop: { deliveries, mark in try await dispatcher.takeOut(deliveries, as: mark) },
            conclude: { await dispatcher.conclude(isCommitted: $0) }
        )
    }
}
