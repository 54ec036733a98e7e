import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Whether the log of orders is whole, and who was shown names.",
        discussion: "Reads the store, also while the service is down. The orders themselves: carillon operation list.",
        subcommands: [OperationVerify.self, AuditLooks.self]
    )
}
