import ArgumentParser

struct LanePause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops a lane: what is in flight finishes, the rest waits.",
        discussion: """
            Goes through the running service; who and why stay in its audit log.

            Example:
              carillon lane pause apns/onepocket --why 'certificate rollover'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The lane's name.", completion: .lanes)
    var lane: String

    @Option(help: "The reason, for those who come after.")
    var why: String

    func validate() throws { try WhyText.check(why) }

    func run() async throws { try await LaneOrder(verb: "pause", lane: lane, why: why).run(options) }
}
