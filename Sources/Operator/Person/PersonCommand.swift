import ArgumentParser

struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "What the law lets a person demand: everything known of him or her, its end, or that it is not used.",
        subcommands: [PersonExport.self, PersonErase.self, PersonRestrict.self]
    )
}
