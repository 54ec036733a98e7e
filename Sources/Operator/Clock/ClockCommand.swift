import ArgumentParser

struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock",
        abstract: "The clock as the gateway sees it: a step is doubted until it has run steadily for a minute.",
        subcommands: [ClockShow.self, ClockAccept.self]
    )
}
