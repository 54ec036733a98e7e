import ArgumentParser

struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Dead letters: deliveries whose every attempt failed.",
        subcommands: [DeadList.self, DeadShow.self, DeadRetry.self, DeadDrop.self, DeadExport.self]
    )
}
