import ArgumentParser
import Domain

/// What every bulk order takes.
struct BulkOptions: ParsableArguments {
    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Order") var order: OrderOptions
}

/// A command that orders one thing of deliveries, named or matched by filters.
protocol BulkOrderCommand: AnsweringCommand {
    static var verb: OrderVerb { get }
    var bulk: BulkOptions { get }
    /// What has expired gets its event's time to live again.
    var freshTtl: Bool { get }
    /// The filter of the order; exit code 6 for one that would be about too much.
    func words() throws -> FilterWords
}

extension BulkOrderCommand {
    var options: GlobalOptions { bulk.options }
    var freshTtl: Bool { false }

    func words() throws -> FilterWords { bulk.filters.words }

    func run() async throws {
        let order = try bulk.order.order(Self.verb, words(), isFresh: freshTtl)
        try await OrderRun(order, options, bulk.order.offline, timeout: bulk.order.timeout).run()
    }
}
