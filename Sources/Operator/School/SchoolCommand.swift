import ArgumentParser

struct SchoolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "school",
        abstract: "The schools of the directory, and whether their events ring anybody.",
        subcommands: [SchoolList.self, SchoolShow.self, SchoolActivate.self, SchoolDeactivate.self]
    )
}
