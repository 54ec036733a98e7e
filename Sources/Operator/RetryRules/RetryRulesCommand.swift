import ArgumentParser

struct RetryRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry-rules",
        abstract: "What a provider's answer would mean, without sending anything.",
        subcommands: [RetryRulesTest.self]
    )
}
