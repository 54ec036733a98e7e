import ArgumentParser
import Domain

struct QueueHold: BulkOrderCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Holds deliveries: nothing more is sent of them, and they do not expire, until `queue release`.",
        discussion: """
            With nothing but --event: of the deliveries that are still to be made, too. What is in flight finishes.

            Examples:
              carillon queue hold --event E-7F3K2 --why 'wrong date in the text'
              carillon queue hold D-7F3K2041 --why test
            """
    )

    static let verb = OrderVerb.hold
    @OptionGroup var bulk: BulkOptions
}
