package import Domain

/// The process and its lanes.
package struct StatusView: WireView {
    package var at = Instant(milliseconds: 0)
    package var version = ""
    package var processID = 0
    package var startedAt = Instant(milliseconds: 0)
    package var uptimeSeconds = 0
    package var epoch: Int?
    package var notReady: [String] = []
    /// Why events of the message broker do not come; nil while they do, or none are asked for.
    package var broker: String?
    package var waitingCommits = 0
    package var lanes: [LaneView] = []

    package init() {}

    package static let members: [WireMember<StatusView>] = [
        .always("at", \.at), .always("version", \.version), .always("pid", \.processID),
        .always("startedAt", \.startedAt), .always("uptimeSeconds", \.uptimeSeconds), .always("epoch", \.epoch),
        .always("notReady", \.notReady), .maybe("broker", \.broker), .always("waitingCommits", \.waitingCommits),
        .always("lanes", \.lanes),
    ]
}
