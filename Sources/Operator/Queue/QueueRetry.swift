import ArgumentParser
import Domain

struct QueueRetry: BulkOrderCommand {
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

    static let verb = OrderVerb.retry
    @OptionGroup var bulk: BulkOptions

    @Flag(help: "What has expired gets its event's time to live again.")
    var freshTtl = false
}
