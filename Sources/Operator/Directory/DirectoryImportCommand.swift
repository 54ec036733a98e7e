import ArgumentParser
import Contract
import DirectoryImport
import Domain
import Pipeline
import Store

struct DirectoryImportCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports an export of the directory, in one transaction.",
        discussion: """
            Through the running service; when it is down, this command takes the lock of the data and does it itself.
            Exit code 0 applied or planned, 6 held by the limits, 1 failed: then nothing was changed.

            Examples:
              carillon directory import /srv/aaf/2026-09-14 --dry-run
              carillon directory import export.tar.gz
              carillon directory import users.ndjson --format ndjson --mode delta
              carillon directory import extractions.zip --format onde-csv --school 0429902B --dry-run
              carillon directory import delta.tar.gz --mode delta --feed lyon
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "Folders or files of one export; or one .tar, .tar.gz, .tgz or .zip.")
    var paths: [String]

    @Option(help: "\(DirectoryImporter.Format.list); by default by the files' names, with --school onde-csv.")
    var format: DirectoryImporter.Format?

    @Option(help: "UAI of the school whose ONDE CSV it is; the files name none.")
    var school: String?

    @Option(help: "complete or delta; by default complete, for ndjson and preferences delta.")
    var mode: DirectoryImporter.Mode?

    @Option(help: "The source it speaks for, of directory.feeds; by default main.")
    var feed: String?

    @Flag(help: "Shows what would change.")
    var dryRun = false

    @Flag(help: "Lets the changes of a new school year through the limits.")
    var yearChange = false

    var request: DirectoryImporter.Request {
        let isNDJSON = paths.allSatisfy { path in
            [".ndjson", ".jsonl"].contains { path.hasSuffix($0, ignoringCase: true) }
        }
        let format = format ?? (school != nil ? .ondeCSV : isNDJSON ? .ndjson : .aaf1d)
        var request = DirectoryImporter.Request(
            paths: paths,
            format: format,
            mode: mode ?? format.modes[0],
            isDryRun: dryRun,
            isYearChange: yearChange,
            actor: OperatorContext.task?.actor ?? "",
            source: source,
            feed: feed ?? ImportOrigin.mainFeed
        )
        request.school = school.flatMap(SchoolCode.code)
        return request
    }

    /// The base names of what was given.
    private var source: String {
        let names = paths.map { path in path.split(separator: "/").last.map(String.init) ?? path }
        return names.count > 3 ? "\(names[0]) and \(names.count - 1) more" : names.joined(separator: " ")
    }

    func validate() throws {
        let format = request.format
        guard format.modes.contains(request.mode) else {
            throw ValidationError(say("\(format.label) is imported with --mode \(format.modes[0].rawValue) only."))
        }
        if format.needsSchool, request.school == nil {
            throw ValidationError(
                say("\(format.label) needs --school: the UAI, seven digits and a letter, which the files do not name.")
            )
        }
        if !format.needsSchool, school != nil { throw ValidationError(say("--school is for onde-csv only.")) }
    }

    func run() async throws {
        let watch = ImportWatch(withLines: options.renderer.format != .json)
        let object = try await ImportOrder(request: request, watch: watch).run(options)
        try options.renderer.write(object, id: "import") { ImportText.lines(object) }
        let view = ImportView(shown: object)
        let id = view.id ?? ""
        switch view.state {
        case "applied", "planned": return
        case "held":
            throw OperatorError(
                .refused,
                say("the export is held by the limits; nothing was changed"),
                next: view.isKept == true
                    ? say("carillon directory show \(id), then carillon directory approve \(id)")
                    : say("--dry-run to see it, --year-change when a new school year explains it")
            )
        default:
            throw OperatorError(.failed, say("the export failed; nothing was changed"), why: view.detail)
        }
    }
}

extension DirectoryImporter.Format: ExpressibleByArgument {}
extension DirectoryImporter.Mode: ExpressibleByArgument {}
