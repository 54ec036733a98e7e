import ArgumentParser
import Domain
import Pipeline
import Store

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

    @Option(help: "The reason, for those who come after.")
    var why: String = ""

    @Flag(help: "Only says what would change.")
    var dryRun = false

    @Flag(help: "Confirms.")
    var yes = false

    @Option(help: "Refuses to change more than so many.")
    var expect: Int?

    @Option(help: "Seconds to wait for the end; it then goes on by itself.")
    var timeout: Int = 600

    func validate() throws {
        if let expect, expect < 0 { throw ValidationError(say("--expect is a number of deliveries.")) }
        guard (1...86_400).contains(timeout) else {
            throw ValidationError(say("--timeout is from 1 to 86400 seconds."))
        }
        guard missing else { throw ValidationError(say("Say whom: --missing.")) }
    }

    func run() async throws {
        guard let event = EventID(id) else { throw OperatorFailure(.usage, say("\(id) is no event: E-…")) }
        var scope = OrderScope()
        scope.words[.event] = [event.description]
        var order = Order(verb: .resend, scope: scope, why: why, actor: OperatorContext.current.actor)
        order.isDryRun = dryRun
        order.isConfirmed = yes
        order.expect = expect
        try await OrderRun(order, options, nil, timeout: .seconds(timeout)).run()
    }
}
