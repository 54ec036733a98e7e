import ArgumentParser
import Domain
import Settings
import Store

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks the store; with --deep every event, page and row of it.",
        discussion: """
            Works beside the running service, on a stopped one and on a copy. Exit code 1 when something is wrong, 5 when the
            store cannot be read at all.
            Examples:
              carillon doctor --deep
              carillon doctor --deep --data /var/backups/carillon -o json | jq .violations
            """
    )

    @OptionGroup var options: GlobalOptions

    @Flag(help: "Every event, page, retry and dead row against what they promise each other.")
    var deep = false

    @Option(help: "The data folder; by default that of the configuration.")
    var data: String?

    func run() async throws {
        let folder = try data ?? options.settings().settings.data
        try DoctorDeep(folder: folder, isDeep: deep).run(options.renderer)
    }
}
