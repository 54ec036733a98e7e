import ArgumentParser
import Domain
import Pipeline

struct EventResend: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend",
        abstract: "Rings once more those whom a publication did not reach.",
        discussion: """
            With their devices, rights and wishes of this moment, and the event's time to live anew. Who was reached or still \
            waits is left alone, so nobody rings twice. A withdrawn or replaced event is refused.

            Examples:
              carillon event resend E-7F3K2 --missing --dry-run
              carillon event resend E-7F3K2 --missing --yes
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The event's id.")
    var id: String

    @Flag(help: "Those who were not reached; nothing else can be asked for.")
    var missing = false

    @OptionGroup var own: ConfirmOptions
    @OptionGroup var wait: WaitOption

    func validate() throws {
        guard missing else { throw ValidationError(say("Say whom: --missing.")) }
    }

    func run() async throws {
        try await OrderRun(own.order(.resend, event: id), options, nil, timeout: wait.timeout).run()
    }
}
