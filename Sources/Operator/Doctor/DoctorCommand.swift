import ArgumentParser
import Domain
import Settings

struct DoctorCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at everything the gateway depends on; each line is ok, warn or fail, with what to do.",
        discussion: """
            Configuration and keys, data folder, disk and its fsync, store, lock, service, clock, names and TLS of the push services, \
            file descriptors. Writes only a small file of its own into the data folder, to time fsync, and removes it. \
            Exit code 1 when something fails.

            With --deep only the store, but every event, page and row of it; beside the running service, on a stopped one and on a copy. \
            Exit code 1 when a promise is broken, 5 when the store cannot be read.

            Examples:
              carillon doctor
              carillon doctor --deep --data /var/backups/carillon -o json | jq .violations
              carillon doctor --no-network -o json | jq '.items[] | select(.level != "ok")'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Flag(inversion: .prefixedNo, help: "Ask the push services for their certificates.")
    var network = true

    @Flag(help: "Every event, page, retry and dead row against what they promise each other.")
    var deep = false

    @Option(help: "With --deep: the data folder; by default that of the configuration.")
    var data: String?

    func validate() throws {
        guard deep || data == nil else { throw ValidationError(say("--data goes with --deep.")) }
    }

    func run() async throws {
        if deep {
            return try DoctorDeep(folder: try data ?? options.settings().settings.data, isDeep: true).run(
                options.renderer
            )
        }
        let renderer = options.renderer
        let context = renderer.context
        var findings: [Finding] = []
        let effective: EffectiveSettings?
        (effective, findings) = configuration(context)
        // With mistakes in it, what can be read of the configuration still says where to look.
        let settings = effective?.settings ?? withoutSecrets()
        if let settings {
            findings += FolderFindings(folder: settings.data, limits: settings.storage.disk).all()
            findings += await StoreFindings(settings: settings, context: context).all()
            if network { findings += await NetworkFindings(settings: settings, now: context.time.now()).all() }
        }
        try write(findings, renderer)
    }

    private func withoutSecrets() -> Settings? {
        do { return try options.load(secrets: false).settings } catch {
            // Its mistakes are findings already.
            return nil
        }
    }

    private func configuration(_ context: OperatorContext) -> (EffectiveSettings?, [Finding]) {
        do {
            let effective = try options.load(secrets: true)
            let settings = effective.settings
            var findings: [Finding] = [.ok(say("config"), say("every key is right, every secret can be read"))]
            findings += effective.warnings.map {
                .warn(say("config"), "\($0.key): \($0.allowed)", next: "carillon config check")
            }
            findings += CredentialFindings(settings: settings, now: context.time.now()).all()
            do { findings += try StorageKeyFacts(settings).findings } catch {
                // There is no registry, or it cannot be read: the findings about the store say so.
            }
            return (effective, findings)
        } catch {
            let mistakes = error.mistakes.prefix(20).map { mistake in
                Finding.fail(say("config"), "\(mistake.key): \(mistake.allowed)", next: "carillon config check")
            }
            return (nil, mistakes)
        }
    }

    private func write(_ findings: [Finding], _ renderer: Renderer) throws {
        let failed = findings.count { $0.level == .fail }
        let warned = findings.count { $0.level == .warn }
        if renderer.format == .table {
            let width = findings.map { DisplayWidth.of($0.subject) }.max() ?? 0
            var lines = ["doctor · \(renderer.now.rfc3339)"]
            for finding in findings {
                let level = finding.level == .ok ? "ok  " : finding.level.rawValue.uppercased()
                let shown = renderer.isColored ? Renderer.painted(level, finding.level.rawValue) : level
                let subject = DisplayWidth.padded(DisplayWidth.safe(finding.subject), to: width)
                lines.append("\(shown)  \(subject)  \(DisplayWidth.safe(finding.what))")
                if let next = finding.next {
                    lines.append(String(repeating: " ", count: width + 8) + say("try: \(DisplayWidth.safe(next))"))
                }
            }
            lines.append(say("\(findings.count) looked at, \(failed) fail, \(warned) warn"))
            // Nothing is cut: what to do stands at the end of a line.
            try renderer.context.writeText(lines.map { $0 + "\n" }.joined())
        } else {
            try renderer.write(
                Listing(
                    id: "subject",
                    scope: say("doctor"),
                    columns: [
                        .state("LEVEL", "level"), .text("SUBJECT", "subject"), .text("WHAT", "what"),
                        .text("NEXT", "next"),
                    ],
                    items: findings.map(\.json),
                    total: findings.count
                )
            )
        }
        if failed > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
