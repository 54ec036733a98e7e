import ArgumentParser
import Domain

struct QueueExpire: BulkOrderCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Ends deliveries as if their time to live were over.",
        discussion: """
            As `queue drop`, with another word for those who ask why.

            Example:
              carillon queue expire --lane webpush/push.example.org --older 6h
            """
    )

    static let verb = OrderVerb.expire
    @OptionGroup var bulk: BulkOptions
}
