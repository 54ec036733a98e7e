import ArgumentParser
import Domain

struct DeadRetry: DeadOrderCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries dead letters again, from the first attempt on.",
        discussion: """
            Example:
              carillon dead retry --lane 'fcm/*' --younger 6h --reason 'UNAVAIL*' --dry-run
            """
    )

    static let verb = OrderVerb.retry
    @OptionGroup var bulk: BulkOptions

    @Flag(help: "What has expired gets its event's time to live again.")
    var freshTtl = false
}
