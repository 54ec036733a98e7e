import ArgumentParser

struct DirectoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory",
        abstract: "Schools, classes, pupils and guardians.",
        subcommands: [
            DirectoryImportCommand.self, DirectoryApprove.self, DirectoryList.self, DirectoryShow.self,
            DirectoryDiffCommand.self,
        ]
    )
}
