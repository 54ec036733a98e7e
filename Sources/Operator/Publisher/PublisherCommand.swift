import ArgumentParser

struct PublisherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publisher",
        abstract: "Who may publish, and the keys that prove it.",
        subcommands: [PublisherList.self, PublisherRotate.self, PublisherRevoke.self]
    )
}
