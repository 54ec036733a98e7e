/// Deliveries of one event among those of an order.
package struct EventCount: WireView {
    package var event = ""
    package var eligible = 0

    package init() {}

    package static let members: [WireMember<EventCount>] = [
        .always("event", \.event), .always("eligible", \.eligible),
    ]
}
