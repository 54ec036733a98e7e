import ArgumentParser
import Domain
import Pipeline

/// What every bulk order takes, beside the filters.
struct OrderOptions: ParsableArguments {
    @Argument(help: "Deliveries (D-…), or - for one a line on standard input; instead of filters.")
    var ids: [String] = []

    @Flag(help: "Only says what would change.")
    var dryRun = false

    @Flag(help: "Confirms: needed to drop, and beyond 100 deliveries.")
    var yes = false

    @Option(help: "Refuses to change more than so many.")
    var expect: Int?

    @Option(help: "The reason, for those who come after; needed to hold and to drop.")
    var why: String = ""

    @OptionGroup var offline: OfflineOption

    @Option(help: "Seconds to wait for the end of a long order; it then goes on by itself.")
    var timeout: Int = 600

    func validate() throws {
        try Self.check(expect: expect)
        try Self.check(timeout: timeout)
        guard why.utf8.count <= 1000 else { throw ValidationError(say("--why is at most 1000 bytes.")) }
    }

    static func check(expect: Int?) throws {
        if let expect, expect < 0 { throw ValidationError(say("--expect is a number of deliveries.")) }
    }

    static func check(timeout: Int) throws {
        guard (1...86_400).contains(timeout) else {
            throw ValidationError(say("--timeout is from 1 to 86400 seconds."))
        }
    }

    /// The order of these options.
    func order(_ verb: OrderVerb, _ words: FilterWords, isFresh: Bool = false) throws -> Order {
        var scope = OrderScope()
        scope.words = words
        scope.isFresh = isFresh
        let names = try named()
        if names.count == 1, let event = EventID(names[0]), words.isEmpty {
            scope.words[.event] = [event.description]
        } else {
            scope.deliveries = try names.map(delivery).sorted()
        }
        guard scope.deliveries.isEmpty || words.isEmpty else {
            throw OperatorError(.usage, say("name deliveries, or a filter, not both"))
        }
        guard !scope.isEmpty else {
            throw OperatorError(
                .refused,
                say("an order without a filter would be about everything"),
                next: say("carillon queue list with the same filters shows what it would be about")
            )
        }
        if verb.needsWhy, !dryRun, why.allSatisfy(\.isWhitespace) {
            throw OperatorError(.usage, say("--why is needed to \(verb.said): it goes to the audit log"))
        }
        var order = Order(verb: verb, scope: scope, why: why, actor: OperatorContext.current.actor)
        (order.isDryRun, order.isConfirmed, order.expect) = (dryRun, yes, expect)
        return order
    }

    private func named() throws -> [String] {
        guard ids == ["-"] else { return ids }
        var lines: [String] = []
        while let line = OperatorContext.current.input() {
            let word = line.filter { !$0.isWhitespace }
            if !word.isEmpty { lines.append(word) }
            guard lines.count <= Order.deliveriesMax else {
                throw OperatorError(.usage, say("more than \(Order.deliveriesMax) deliveries; use a filter"))
            }
        }
        // An empty list came from a search that found nothing, not from somebody who means everything.
        guard !lines.isEmpty else { throw OperatorError(.nothing, say("standard input names no delivery")) }
        return lines
    }

    private func delivery(_ text: String) throws -> DeliveryID {
        guard let id = DeliveryID(text) else { throw OperatorError(.usage, say("\(text) is no delivery: D-…")) }
        return id
    }
}
