import ArgumentParser

struct LaneDrain: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Sends what a lane has loaded, then stops it: for a planned maintenance.",
        discussion: """
            The rest waits until `lane resume`. When the provider fails meanwhile the lane stops at once.

            With --offline it is in force from the next start of the service on.

            Example:
              carillon lane drain fcm/onepocket --why 'new service account'
            """
    )

    @OptionGroup var options: GlobalOptions

    @OptionGroup var own: LaneOrderOptions

    @Option(help: "The reason, for those who come after.")
    var why: String

    func validate() throws { try WhyText.check(why) }

    func run() async throws {
        try await LaneOrderRun(verb: "drain", lane: own.lane, why: why).run(options, own.offline)
    }
}
