import ArgumentParser
import Contract
import Domain

struct DeviceRestore: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Rings devices again that a lane's answers made suspect or disabled since an instant.",
        discussion: """
            For a wrong project, topic or environment that was seen too late. Only devices that still stand as that lane left them; one that has \
            registered since, or that an operator revoked, stays as it is.

            Examples:
              carillon device restore --lane apns/onepocket --since 2h --dry-run
              carillon device restore --lane fcm/onepocket --since 2026-11-28T08:00:00Z --why 'wrong project in the configuration'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: "The lane whose answers were wrong.")
    var lane: String

    @Option(help: "A time (RFC 3339), or how long ago: 30m, 2h, 1d.")
    var since: String

    @Option(help: "The reason, for those who come after.")
    var why: String?

    @Flag(name: .customLong("dry-run"), help: "Only counts.")
    var isDryRun = false

    func validate() throws {
        if !isDryRun { try WhyText.check(why ?? "") }
    }

    func run() async throws {
        let now = OperatorContext.current.time.now()
        let ago = TimeLength.milliseconds(since).map { now + .milliseconds(-$0) }
        guard let start = Instant(rfc3339: since) ?? ago else {
            throw OperatorError(.usage, say("--since is no time"), next: say("2026-11-28T08:00:00Z, or 2h"))
        }
        var order = RestoreOrderView()
        order.actor = OperatorContext.current.actor
        order.why = why ?? "dry run"
        (order.lane, order.since, order.isDryRun) = (lane, start, isDryRun)
        let object = try await options.give("/admin/devices/restore", order, about: "lane \(lane)")
        let count = RestoredView(shown: object).restored
        try options.renderer.write(object, id: "restored") {
            [
                isDryRun
                    ? say("\(count) devices would ring again on \(lane)")
                    : say("\(count) devices ring again on \(lane)")
            ]
        }
        if count == 0 {
            throw OperatorError(.nothing, say("no device stands as \(lane) left it since \(start.rfc3339)"))
        }
    }
}
