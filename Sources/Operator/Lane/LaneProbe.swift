import ArgumentParser

struct LaneProbe: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Asks a lane that its provider closed now, with the next delivery, instead of in a minute.",
        discussion: """
            Ends no pause: that is `lane resume`. Exit code 6 when an operator paused the lane.

            Example:
              carillon lane probe apns/onepocket
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The lane's name.")
    var lane: String

    @Option(help: "A reason, for those who come after.")
    var why: String = ""

    func run() async throws { try await LaneOrderRun(verb: "probe", lane: lane, why: why).run(options, nil) }
}
