import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "The configuration: its mistakes, its effective values.",
        subcommands: [ConfigCheck.self, ConfigShow.self]
    )
}
