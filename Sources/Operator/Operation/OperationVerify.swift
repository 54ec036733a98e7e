import ArgumentParser
import Domain
import Pipeline
import Settings
import Store

/// `audit verify`; also `operation verify`, its first name.
struct OperationVerify: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Walks the audit log, holds every order against it, and names the first entry that does not fit.",
        discussion: """
            Proves each entry with the key that sealed it (audit.keyFile), and the log's end with the heads that were noted in \
            audit.head.file. Exit code 1 when something was changed, removed or put in. Without a key, or as somebody who may not read it, \
            the hashes are walked alone: whoever may write the file can make a whole new chain of them.

            Examples:
              carillon audit verify -o json
              carillon audit verify --heads /mnt/elsewhere/heads.ndjson
              carillon audit verify --head 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: "A head noted earlier: it must be the hash of an entry.")
    var head: String?

    @Option(help: ArgumentHelp("Heads that were noted, lines of JSON. Otherwise audit.head.file.", valueName: "file"))
    var heads: String?

    func run() async throws {
        let inspection = try options.inspection()
        let noted = try noted(inspection.settings.audit)
        let seal = options.auditSeal()
        let report = try inspection.ask { try $0.verifyAudit(seal: seal, heads: noted, head: head) }
        let object = JSONObject([
            "entries": .number(report.entries), "operations": .number(report.operations),
            "head": report.head.isEmpty ? .null : .string(report.head),
            "since": report.since.map { .string($0.rfc3339) } ?? .null, "pruned": .number(report.pruned),
            "key": report.key.map { .string($0) } ?? .null, "sealed": .number(report.sealed),
            "heads": .number(report.heads), "broken": report.broken.map { .string($0) } ?? .null,
        ])
        try options.renderer.write(object, id: "head") { Self.lines(report) }
        if let broken = report.broken { throw OperatorError(.failed, broken) }
    }

    private static func lines(_ report: AuditReport) -> [String] {
        let since = report.since.map { say(" since \($0.rfc3339)") } ?? ""
        var lines = [
            say("\(report.entries) entries of \(report.operations) operations\(since) fit, head \(report.head)")
        ]
        if report.sealed > 0 {
            lines.append(say("\(report.sealed) are proven by their key, the last by \"\(report.key ?? "")\""))
        } else {
            lines.append(say("none is proven by a key: the hashes say only that nobody changed it clumsily"))
        }
        if report.heads > 0 { lines.append(say("\(report.heads) heads that were noted are part of it")) }
        if report.pruned > 0 { lines.append(say("\(report.pruned) older entries were removed by age")) }
        return lines
    }

    private func noted(_ audit: Settings.Audit) throws -> [AuditHead] {
        guard let file = heads ?? audit.headFile else { return [] }
        do {
            let (heads, unreadable) = try AuditHeadNotes.read(file)
            if unreadable > 0 {
                OperatorContext.current.talk(say("carillon: \(unreadable) lines of \(file) are no heads"))
            }
            return heads
        } catch {
            throw OperatorError(
                .failed,
                say("the heads that were noted cannot be read"),
                why: "\(error)",
                next: "carillon audit verify --heads FILE"
            )
        }
    }
}
