import ArgumentParser
import Domain
import Store

struct OperationVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Walks the audit log's chain of hashes, holds every order against it, and names the first that does not fit.",
        discussion: """
            Exit code 1 when something was changed, removed or put in. Whoever may write the file can make a whole new chain: keep the \
            head elsewhere, and give it back as --head to see that it is still part of the log.

            Examples:
              carillon operation verify -o json
              carillon operation verify --head 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: "A head noted earlier: it must be the hash of an entry.")
    var head: String?

    func run() async throws {
        let inspection = try options.inspection()
        let report = try inspection.ask { try $0.verifyAudit(head: head) }
        let object = JSONObject([
            "entries": .number(report.entries), "operations": .number(report.operations),
            "head": report.head.isEmpty ? .null : .string(report.head),
            "since": report.since.map { .string($0.rfc3339) } ?? .null, "pruned": .number(report.pruned),
            "broken": report.broken.map { .string($0) } ?? .null,
        ])
        try options.renderer.write(object, id: "head") {
            let since = report.since.map { " since \($0.rfc3339)" } ?? ""
            let pruned = report.pruned > 0 ? ["\(report.pruned) older entries were removed by age"] : []
            return ["\(report.entries) entries of \(report.operations) operations\(since) fit, head \(report.head)"]
                + pruned
        }
        if let broken = report.broken { throw OperatorFailure(.failed, broken) }
    }
}
