import ArgumentParser
import Contract
import Domain

struct LanePause: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops a lane: what is in flight finishes, the rest waits.",
        discussion: """
            Who and why stay in the audit log. With --offline it is in force from the next start of the service on.

            Examples:
              carillon lane pause apns/onepocket --why 'certificate rollover'
              carillon lane pause fcm/onepocket --until 2h --why 'maintenance of the project'
            """
    )

    @OptionGroup var options: GlobalOptions

    @OptionGroup var own: LaneOrderOptions

    @Option(help: "The reason, for those who come after.")
    var why: String

    @Option(help: "When the lane resumes by itself: an RFC 3339 time, or a length of time from now.")
    var until: String?

    func validate() throws {
        try WhyText.check(why)
        guard let until, TimeLength.instant(until, from: OperatorContext.current.time.now()) == nil else { return }
        throw ValidationError(
            say("--until \(until): expected an RFC 3339 time, or a length of time such as 90m or 2h.")
        )
    }

    func run() async throws {
        let end = until.flatMap { TimeLength.instant($0, from: OperatorContext.current.time.now()) }
        var order = LaneOrderRun(verb: "pause", lane: own.lane, why: why)
        order.order.until = end
        try await order.run(options, own.offline)
    }
}
