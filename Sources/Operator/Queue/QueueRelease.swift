import ArgumentParser
import Domain
import Store

struct QueueRelease: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Lets held deliveries go on.",
        discussion: """
            What has outlived its time meanwhile ends expired, unless with --fresh-ttl: it then gets its event's time to live again.

            Examples:
              carillon queue release --event E-7F3K2
              carillon queue list --state held -o ids | carillon queue release -
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Order") var order: OrderOptions

    @Flag(help: "What has expired gets its event's time to live again.")
    var freshTtl = false

    func run() async throws {
        try await OrderRun(order.order(.release, filters.words, isFresh: freshTtl), options, order).run()
    }
}
