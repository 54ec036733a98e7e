import ArgumentParser

struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "The keys that keep device targets unreadable at rest.",
        subcommands: [StorageKeysCommand.self, StorageReseal.self]
    )
}
