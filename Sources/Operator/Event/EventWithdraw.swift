import ArgumentParser
import Domain
import Pipeline

struct EventWithdraw: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Takes a publication back: all that waits of it ends as withdrawn, for good.",
        discussion: """
            Also what is still to be made. What is in flight finishes, what a provider accepted cannot be recalled; when \
            this returns nothing more is sent. A second withdrawal changes nothing.

            Examples:
              carillon event withdraw E-7F3K2 --why 'wrong class' --dry-run
              carillon event withdraw E-7F3K2 --why 'wrong class' --yes
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The event's id.")
    var id: String

    @OptionGroup var own: ConfirmOptions
    @OptionGroup var offline: OfflineOption
    @OptionGroup var wait: WaitOption

    func validate() throws { if !own.dryRun { try WhyText.check(own.why) } }

    func run() async throws {
        try await OrderRun(own.order(.withdraw, event: id), options, offline, timeout: wait.timeout).run()
    }
}
