import ArgumentParser

struct OperationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operation",
        abstract: "Orders and their audit log: who, when, why, what it matched and changed.",
        discussion: "Reads the store, also while the service is down; cancelling needs the service.",
        subcommands: [OperationList.self, OperationShow.self, OperationCancel.self, OperationVerify.self]
    )
}
