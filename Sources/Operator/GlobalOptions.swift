import ArgumentParser
import Providers
import Settings

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration.",
            discussion: "Otherwise $CARILLON_CONFIG, /etc/carillon/carillon.yaml, then Config/carillon.yaml.",
            valueName: "file"
        )
    )
    var config: String?

    @Option(name: [.customShort("o"), .customLong("output")], help: "table, json, ndjson, csv or ids.")
    var format: OutputFormat = .table

    @Flag(help: "With -o csv: for a spreadsheet, with byte order mark and semicolons.")
    var excel = false

    @Flag(name: .customLong("no-color"), help: "Plain text; as with NO_COLOR.")
    var isPlain = false

    func validate() throws {
        guard !excel || format == .csv else { throw ValidationError(say("--excel goes with -o csv.")) }
    }

    /// Settings without their secrets: most commands need none, and may run as somebody who may not read them.
    func settings(secrets: Bool = false) throws -> EffectiveSettings {
        do { return try load(secrets: secrets) } catch {
            OperatorContext.current.talk(error.description)
            throw OperatorError(
                .failed,
                say("the configuration is wrong"),
                next: "carillon config check --config \(error.file ?? "FILE")"
            )
        }
    }

    /// As ``settings(secrets:)``, for whoever has a use for the mistakes.
    func load(secrets: Bool) throws(SettingsError) -> EffectiveSettings {
        try Self.load(config, secrets: secrets)
    }

    static func load(_ config: String?, secrets: Bool) throws(SettingsError) -> EffectiveSettings {
        try SettingsLoader.load(
            config: config,
            environment: OperatorContext.current.environment,
            readingSecrets: secrets,
            providers: ProviderList.sections
        )
    }

    /// Both stores, opened for reading.
    func inspection() throws -> Inspection { try Inspection(try settings().settings) }

    var renderer: Renderer {
        let context = OperatorContext.current
        let isColored = !isPlain && context.columns != nil && (context.environment["NO_COLOR"] ?? "").isEmpty
        return Renderer(format: format, isColored: isColored, isForExcel: excel, context: context)
    }
}

/// A command with an answer: its format says whether a person or a program reads it.
protocol AnsweringCommand: AsyncParsableCommand {
    var options: GlobalOptions { get }
}

enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, ndjson, csv, ids
}
