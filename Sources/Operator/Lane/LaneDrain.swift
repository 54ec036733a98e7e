import ArgumentParser

struct LaneDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Sends what a lane has loaded, then stops it: for a planned maintenance.",
        discussion: """
            The rest waits until `lane resume`. When the provider fails meanwhile the lane stops at once.

            Example:
              carillon lane drain fcm/onepocket --why 'new service account'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The lane's name.")
    var lane: String

    @Option(help: "The reason, for those who come after.")
    var why: String

    func validate() throws { try WhyText.check(why) }

    func run() async throws { try await LaneOrder(verb: "drain", lane: lane, why: why).run(options) }
}
