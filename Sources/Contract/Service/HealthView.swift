/// Deep health; `disk` and `clock` are added by those who watch them.
package struct HealthView: WireView {
    /// `ok`, `degraded` (a person should look: ``alarms``) or `failing` (it cannot promise: ``reasons``).
    package var status = ""
    package var reasons: [String] = []
    package var version = ""
    package var uptimeSeconds = 0
    package var waitingCommits = 0
    package var oldestSeconds: Int?
    package var lanes: [LaneView] = []
    package var diskFreeBytes: Int?
    package var disk: DiskView?
    package var isClockInDoubt: Bool?
    package var unreadable: UnreadableView?
    package var alarms: [String]?

    package init() {}

    package static let members: [WireMember<HealthView>] = [
        .always("status", \.status), .always("reasons", \.reasons), .always("version", \.version),
        .always("uptimeSeconds", \.uptimeSeconds), .always("waitingCommits", \.waitingCommits),
        .always("oldestSeconds", \.oldestSeconds), .always("lanes", \.lanes),
        .maybe("diskFreeBytes", \.diskFreeBytes), .maybe("disk", \.disk), .maybe("isClockInDoubt", \.isClockInDoubt),
        .maybe("unreadable", \.unreadable), .maybe("alarms", \.alarms),
    ]
}
