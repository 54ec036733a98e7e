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

    func validate() throws {
        guard why.contains(where: { !$0.isWhitespace }), why.utf8.count <= 1000 else {
            throw ValidationError("--why must say something, in at most 1000 bytes.")
        }
    }

    func run() async throws { try await LaneOrder(verb: "pause", lane: lane, why: why).run(options) }
}
