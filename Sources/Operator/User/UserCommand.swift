import ArgumentParser

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "One guardian or other person.",
        subcommands: [UserTrace.self]
    )
}
