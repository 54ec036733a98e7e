import ArgumentParser
import Domain
import Store

struct QueueExpire: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Ends deliveries as if their time to live were over.",
        discussion: """
            As `queue drop`, with another word for those who ask why.

            Example:
              carillon queue expire --lane webpush/push.example.org --older 6h
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Order") var order: OrderOptions

    func run() async throws {
        try await OrderRun(order.order(.expire, filters.words), options, order).run()
    }
}
