import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Keys and secrets of the configuration.",
        subcommands: [KeyGenerate.self]
    )
}
