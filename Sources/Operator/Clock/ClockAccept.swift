import ArgumentParser
import Contract
import Domain

struct ClockAccept: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Believes the wall clock at once, instead of after a steady minute.",
        discussion: """
            What lies between the services' time and the wall clock happens then: `clock show` counts it. Exit code 3 when nothing is doubted.

            Example:
              carillon clock accept --why 'the time server was wrong, now it is right'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: "The reason, for those who come after.")
    var why: String

    func validate() throws { try WhyText.check(why) }

    func run() async throws {
        let object = try await options.give("/admin/clock/accept", OrderView(why: why), about: "clock")
        let now = options.renderer.now
        try options.renderer.write(object, id: "operation") {
            ClockShow.lines(ClockView(shown: object), isLive: true, now: now)
        }
    }
}
