package import Delivery
package import Domain

/// Between an order and the memory of the dispatcher.
package struct OrderGate: Sendable {
    package typealias Bar =
        @Sendable (_ deliveries: [LaneID: Set<DeliveryID>], _ mark: SlotResult) async throws -> Set<DeliveryID>

    /// Takes deliveries out of memory and returns those under way; `conclude` follows, also when it throws.
    package var bar: Bar
    package var conclude: @Sendable (_ isCommitted: Bool) async -> Void

    package init(bar: @escaping Bar, conclude: @escaping @Sendable (Bool) async -> Void) {
        self.bar = bar
        self.conclude = conclude
    }

    /// Nobody sends: the service is down and the store is ours.
    package static let none = OrderGate(bar: { _, _ in [] }, conclude: { _ in })

    package init(_ dispatcher: Dispatcher) {
        self.init(
            bar: { deliveries, mark in try await dispatcher.takeOut(deliveries, as: mark) },
            conclude: { await dispatcher.conclude(isCommitted: $0) }
        )
    }
}
