import ArgumentParser
import Contract
import Domain
import Pipeline
import Store

struct DirectoryDiffCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changed in a feed from one import to another.",
        discussion: """
            The applied imports behind the first up to the second, summed up: who came and went again is not shown. Straight from the
            registry.

            Example:
              carillon directory diff I-7 I-12 -o json | jq -r '.pupils.removed[]'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "I-…: as the directory was after this import.")
    var from: String

    @Argument(help: "I-…: as it was after this one.")
    var to: String

    func run() async throws {
        let inspection = try options.inspection()
        let (first, last) = (try DirectoryList.id(from), try DirectoryList.id(to))
        guard first.rawValue <= last.rawValue else {
            throw OperatorError(
                .usage,
                say("\(from) is the later import"),
                next: "carillon directory diff \(to) \(from)"
            )
        }
        guard let difference = try inspection.askRegistry({ try $0.changes(behind: first, upTo: last) }) else {
            throw OperatorError(.nothing, say("there is no import \(to)"), next: "carillon directory list")
        }
        let object = difference.view.object
        try options.renderer.write(object, id: "to") { Self.lines(object) }
    }

    /// Keys shown of each list.
    private static let keysShown = 20

    private static func lines(_ object: JSONObject) -> [String] {
        var lines = [
            say(
                "\(object["from"]?.string ?? "") to \(object["to"]?.string ?? "") · feed \(object["feed"]?.string ?? "")"
            )
        ]
        for kind in object {
            guard let changes = kind.value.object else { continue }
            for change in changes {
                guard let keys = change.value.array, !keys.isEmpty else { continue }
                let shown = keys.prefix(keysShown).compactMap(\.string).joined(separator: ", ")
                lines.append(
                    "\(kind.name) \(change.name) \(keys.count): \(shown)\(keys.count > keysShown ? ", …" : "")"
                )
            }
        }
        if lines.count == 1 { lines.append(say("no difference")) }
        for id in object["incomplete"]?.array ?? [] {
            lines.append(
                say(
                    "\(id.string ?? "") changed too much to be remembered record by record, or nothing: carillon directory show \(id.string ?? "")"
                )
            )
        }
        return lines
    }
}
