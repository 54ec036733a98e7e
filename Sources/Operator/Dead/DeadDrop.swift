import ArgumentParser
import Domain

struct DeadDrop: DeadOrderCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Ends dead letters as dropped: they are looked at and done with.",
        discussion: """
            Example:
              carillon dead drop --older 7d --why 'too late' --yes
            """
    )

    static let verb = OrderVerb.drop
    @OptionGroup var bulk: BulkOptions
}
