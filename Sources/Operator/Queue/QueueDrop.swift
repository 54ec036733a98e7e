import ArgumentParser
import Domain

struct QueueDrop: BulkOrderCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Ends deliveries for good, as dropped. What a provider accepted cannot be recalled.",
        discussion: """
            With nothing but --event: of the deliveries that are still to be made, too. What is in flight finishes; when this returns nothing more is sent.

            Examples:
              carillon queue drop --event E-7F3K2 --why 'sent by mistake' --dry-run
              carillon queue drop --event E-7F3K2 --why 'sent by mistake' --yes --expect 23118
            """
    )

    static let verb = OrderVerb.drop
    @OptionGroup var bulk: BulkOptions
}
