import ArgumentParser
import Domain
import Store

struct DeadDrop: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Ends dead letters as dropped: they are looked at and done with.",
        discussion: """
            Example:
              carillon dead drop --older 7d --why 'too late' --yes
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Order") var order: OrderOptions

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
        try await OrderRun(order.order(.drop, words), options, order).run()
    }
}
