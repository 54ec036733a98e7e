import ArgumentParser
import Domain

struct QueueRelease: BulkOrderCommand {
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

    static let verb = OrderVerb.release
    @OptionGroup var bulk: BulkOptions

    @Flag(help: "What has expired gets its event's time to live again.")
    var freshTtl = false
}
