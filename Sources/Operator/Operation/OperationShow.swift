import ArgumentParser
import Contract
import Domain
import Pipeline
import Store

struct OperationShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One order: how far it has come, and what the audit log says of it.",
        discussion: """
            Example:
              carillon operation show O-17
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "O-…, as `operation list` gives it.")
    var operation: String

    func run() async throws {
        let inspection = try options.inspection()
        let id = try OperationList.number(operation)
        let (found, log) = try inspection.ask { (try $0.operation(id), try $0.audit(of: id)) }
        guard let found = found.map(inspection.naming) else {
            throw OperatorError(.nothing, say("there is no operation \(operation)"), next: "carillon operation list")
        }
        var object = found.view.object
        object["log"] = .array(
            log.map { at, entry in
                var line = JSONObject(["at": .string(at.rfc3339)])
                for member in entry { line[member.name] = member.value }
                return .object(line)
            }
        )
        let renderer = options.renderer
        try renderer.write(object, id: "operation") { Self.lines(found, log, now: renderer.now) }
    }

    private static func lines(
        _ operation: StoredOperation,
        _ log: [(at: Instant, entry: JSONObject)],
        now: Instant
    ) -> [String] {
        let skipped = operation.skipped.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return [
            "\(OperationName.text(operation.id)) \(operation.verb) \(operation.state.rawValue)",
            say("filter   \(operation.filter)"),
            say("matched  \(operation.matched), eligible \(operation.eligible), changed \(operation.changed)")
                + (skipped.isEmpty ? "" : say(", skipped \(skipped.joined(separator: ", "))")),
            say("by       \(operation.actor)") + (operation.why.isEmpty ? "" : say(": \(operation.why)")),
        ]
            + log.map { at, entry in
                let who = entry["actor"]?.string.map { say(" by \($0)") } ?? ""
                return "\(RelativeTime.text(at, now: now))  \(entry["what"]?.string ?? "")\(who)"
            }
    }
}
