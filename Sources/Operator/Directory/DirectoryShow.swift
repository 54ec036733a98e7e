import ArgumentParser
import Domain
import Store

struct DirectoryShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One import: what it changed, or would change, and what was decided.",
        discussion: """
            Example:
              carillon directory show I-7
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "I-…, as `directory list` gives it.")
    var id: String

    func run() async throws {
        let inspection = try options.inspection()
        let number = try DirectoryList.id(id)
        guard let stored = try inspection.askRegistry({ try $0.storedImport(number) }) else {
            throw OperatorFailure(.nothing, "there is no import \(id)", next: "carillon directory list")
        }
        var object = stored.report
        for member in DirectoryList.json(stored) { object[member.name] = member.value }
        try options.renderer.write(object, id: "import") {
            var lines = ImportText.lines(object)
            let source = stored.origin.source.isEmpty ? "" : ", \(stored.origin.source)"
            lines.append("\(stored.format) \(stored.origin.mode) by \(stored.origin.actor)\(source)")
            if let at = stored.decidedAt {
                lines.append("\(stored.state) at \(at.rfc3339)" + (stored.decidedBy.map { " by \($0)" } ?? ""))
            }
            if stored.state == "held" {
                lines.append(
                    stored.kept == nil
                        ? "its delivery was not kept: import it again"
                        : "to let it through: carillon directory approve \(stored.id)"
                )
            }
            return lines
        }
    }
}
