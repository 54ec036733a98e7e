import ArgumentParser
import Domain
import Store

struct QueueRetry: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Makes deferred and dead deliveries due now.",
        discussion: """
            Dead letters begin to count anew. What has expired is not eligible, unless with --fresh-ttl: it then gets its event's time to live again.

            Examples:
              carillon queue retry --lane 'fcm/*' --state deferred
              carillon queue retry --event E-7F3K2 --state dead --dry-run
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Order") var order: OrderOptions

    @Flag(help: "What has expired gets its event's time to live again.")
    var freshTtl = false

    func run() async throws {
        try await OrderRun(order.order(.retry, filters.words, isFresh: freshTtl), options, order).run()
    }
}
