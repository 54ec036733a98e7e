import ArgumentParser
import Domain
import Store

struct DeadRetry: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries dead letters again, from the first attempt on.",
        discussion: """
            Example:
              carillon dead retry --lane 'fcm/*' --younger 6h --reason 'UNAVAIL*' --dry-run
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Order") var order: OrderOptions

    @Flag(help: "What has expired gets its event's time to live again.")
    var freshTtl = false

    func validate() throws { try DeadList.refuseStates(filters) }

    func run() async throws {
        var words = filters.words
        // Named deliveries say themselves which; everything else is about the dead.
        if order.ids.isEmpty {
            guard !words.isEmpty else {
                throw OperatorFailure(.refused, say("an order without a filter would be about every dead letter"))
            }
            words[.state] = ["dead"]
        }
        try await OrderRun(order.order(.retry, words, isFresh: freshTtl), options, order).run()
    }
}
