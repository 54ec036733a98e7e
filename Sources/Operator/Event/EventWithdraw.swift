import ArgumentParser
import Domain
import Pipeline
import Store

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

    @Option(help: "The reason, for those who come after.")
    var why: String = ""

    @Flag(help: "Only says what would change.")
    var dryRun = false

    @Flag(help: "Confirms.")
    var yes = false

    @Option(help: "Refuses to change more than so many.")
    var expect: Int?

    @OptionGroup var offline: OfflineOption

    @Option(help: "Seconds to wait for the end; it then goes on by itself.")
    var timeout: Int = 600

    func validate() throws {
        if let expect, expect < 0 { throw ValidationError(say("--expect is a number of deliveries.")) }
        guard (1...86_400).contains(timeout) else {
            throw ValidationError(say("--timeout is from 1 to 86400 seconds."))
        }
        if !dryRun { try WhyText.check(why) }
    }

    func run() async throws {
        guard let event = EventID(id) else { throw OperatorFailure(.usage, say("\(id) is no event: E-…")) }
        var scope = OrderScope()
        scope.words[.event] = [event.description]
        var order = Order(verb: .withdraw, scope: scope, why: why, actor: OperatorContext.current.actor)
        order.isDryRun = dryRun
        order.isConfirmed = yes
        order.expect = expect
        try await OrderRun(order, options, offline, timeout: .seconds(timeout)).run()
    }
}
