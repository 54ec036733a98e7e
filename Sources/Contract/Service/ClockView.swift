package import Domain

/// The clock as the services see it; their words are null when the store is asked.
package struct ClockView: WireView {
    package var at: Instant?
    package var source: String?
    package var wall: Instant?
    package var steady: Instant?
    package var isSuspect = false
    package var suspectSince: Instant?
    package var highWater: Instant?
    package var heldBack: HeldBackView?
    package var operation: String?

    package init() {}

    package static let members: [WireMember<ClockView>] = [
        .always("at", \.at), .maybe("source", \.source), .always("wall", \.wall), .always("steady", \.steady),
        .always("isSuspect", \.isSuspect), .always("suspectSince", \.suspectSince), .always("highWater", \.highWater),
        .always("heldBack", \.heldBack), .maybe("operation", \.operation),
    ]
}
