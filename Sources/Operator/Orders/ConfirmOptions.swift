import ArgumentParser
import Domain
import Pipeline

/// What an order about one whole event takes, beside the event.
struct ConfirmOptions: ParsableArguments {
    @Option(help: "The reason, for those who come after.")
    var why: String = ""

    @Flag(help: "Only says what would change.")
    var dryRun = false

    @Flag(help: "Confirms.")
    var yes = false

    @Option(help: "Refuses to change more than so many.")
    var expect: Int?

    func validate() throws { try OrderOptions.check(expect: expect) }

    /// - Throws: exit code 2 when `event` is no id.
    func order(_ verb: OrderVerb, event text: String) throws -> Order {
        guard let event = EventID(text) else { throw OperatorError(.usage, say("\(text) is no event: E-…")) }
        var scope = OrderScope()
        scope.words[.event] = [event.description]
        var order = Order(verb: verb, scope: scope, why: why, actor: OperatorContext.current.actor)
        (order.isDryRun, order.isConfirmed, order.expect) = (dryRun, yes, expect)
        return order
    }
}

/// How long the command itself waits.
struct WaitOption: ParsableArguments {
    @Option(help: "Seconds to wait for the end; it then goes on by itself.")
    var timeout: Int = 600

    func validate() throws { try OrderOptions.check(timeout: timeout) }
}
