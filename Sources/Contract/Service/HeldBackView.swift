/// What lies between the doubted clock and the wall.
package struct HeldBackView: WireView {
    package var scheduledEvents = 0
    package var retries = 0
    package var expiringEvents = 0

    package init() {}

    package static let members: [WireMember<HeldBackView>] = [
        .always("scheduledEvents", \.scheduledEvents), .always("retries", \.retries),
        .always("expiringEvents", \.expiringEvents),
    ]
}
