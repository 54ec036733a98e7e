import ArgumentParser
import Domain
import Settings

struct ConfigCheck: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads the configuration and every secret as serve would; all mistakes in one report.",
        discussion: """
            Exit code 0 when the gateway would start with it, 1 when not.

            Examples:
              carillon config check
              carillon config check --config /tmp/new.yaml -o json
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let context = OperatorContext.current
        let renderer = options.renderer
        do {
            let loaded = try options.load(secrets: true)
            let (mistakes, more) = Surroundings(loaded).look()
            let warnings = loaded.warnings + more
            for warning in warnings { context.talk("warning: \(warning)") }
            guard mistakes.isEmpty else { throw SettingsError(file: loaded.file, mistakes: mistakes) }
            try renderer.write(Self.json(file: loaded.file, [], warnings), id: "file") {
                ["\(loaded.file): correct" + (warnings.isEmpty ? "" : ", with \(warnings.count) warnings")]
            }
        } catch let report as SettingsError {
            if renderer.format != .table {
                try renderer.write(Self.json(file: report.file, report.mistakes, []), id: "file") { [] }
            }
            context.talk(report.description)
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    private static func json(file: String?, _ mistakes: [SettingsFinding], _ warnings: [SettingsFinding]) -> JSONObject
    {
        JSONObject([
            "file": file.map { .string($0) } ?? .null, "isCorrect": .bool(mistakes.isEmpty),
            "mistakes": .array(mistakes.map(json)), "warnings": .array(warnings.map(json)),
        ])
    }

    private static func json(_ mistake: SettingsFinding) -> JSONValue {
        [
            "key": .string(mistake.key), "origin": .string(mistake.origin.description),
            "line": mistake.line.map { .number($0) } ?? .null, "value": mistake.value.map { .string($0) } ?? .null,
            "allowed": .string(mistake.allowed),
        ]
    }
}
