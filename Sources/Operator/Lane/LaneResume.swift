import ArgumentParser

struct LaneResume: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets a lane go on: ends a pause as well as an open breaker, and probes at once.",
        discussion: """
            Example:
              carillon lane resume apns/onepocket
            """
    )

    @OptionGroup var options: GlobalOptions

    @OptionGroup var own: LaneOrderOptions

    @Option(help: "A reason, for those who come after.")
    var why: String = ""

    func run() async throws {
        try await LaneOrderRun(verb: "resume", lane: own.lane, why: why).run(options, own.offline)
    }
}
