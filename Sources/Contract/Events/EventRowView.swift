package import Domain

/// One event of a list; ``EventView`` has the numbers.
package struct EventRowView: WireView {
    package var id = ""
    package var state = ""
    package var publisher = ""
    package var school: String?
    package var app = ""
    package var action = ""
    package var urgency = ""
    package var subject: String?
    package var acceptedAt = Instant(milliseconds: 0)
    package var notBefore: Instant?
    package var expiresAt = Instant(milliseconds: 0)
    package var doneAt: Instant?

    package init() {}

    package static let members: [WireMember<EventRowView>] = [
        .always("id", \.id), .always("state", \.state), .always("publisher", \.publisher),
        .always("school", \.school), .always("app", \.app), .always("action", \.action),
        .always("urgency", \.urgency), .always("subject", \.subject), .always("acceptedAt", \.acceptedAt),
        .always("notBefore", \.notBefore), .always("expiresAt", \.expiresAt), .always("doneAt", \.doneAt),
    ]
}
