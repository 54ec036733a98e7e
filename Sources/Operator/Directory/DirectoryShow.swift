import ArgumentParser
import Domain
import Pipeline
import Store

struct DirectoryShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One import; or who is in the directory and why: a person, a class, a group, a school.",
        discussion: """
            An import says what it changed, or would change, and what was decided. Of anything else: the feed, the import that brought
            it and when, its places and days, its guardians or pupils. Keys only, no names of persons. Straight from the registry.

            Examples:
              carillon directory show I-7
              carillon directory show 70011
              carillon directory show 0429901A -o json | jq -r '.items[].classes[] | [.key, .members] | @tsv'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "I-…, as `directory list` gives it; a UAI; a feed's key or an ENT id.")
    var id: String

    func run() async throws {
        let inspection = try options.inspection()
        guard ImportID(id) != nil else { return try explain(inspection) }
        let number = try DirectoryList.id(id)
        guard let stored = try inspection.askRegistry({ try $0.storedImport(number) }) else {
            throw OperatorError(.nothing, say("there is no import \(id)"), next: "carillon directory list")
        }
        var object = stored.report
        for member in DirectoryList.json(stored) { object[member.name] = member.value }
        try options.renderer.write(object, id: "import") {
            var lines = ImportText.lines(object)
            let source = stored.origin.source.isEmpty ? "" : ", \(stored.origin.source)"
            lines.append(say("\(stored.format) \(stored.origin.mode) by \(stored.origin.actor)\(source)"))
            if let at = stored.decidedAt {
                lines.append(
                    say("\(stored.state) at \(at.rfc3339)") + (stored.decidedBy.map { say(" by \($0)") } ?? "")
                )
            }
            if stored.state == "held" {
                lines.append(
                    stored.kept == nil
                        ? say("its export was not kept: import it again")
                        : say("to let it through: carillon directory approve \(stored.id)")
                )
            }
            return lines
        }
    }

    private func explain(_ inspection: Inspection) throws {
        let found = try inspection.askRegistry { try $0.explain(id) }.map(\.object)
        guard !found.isEmpty else {
            throw OperatorError(.nothing, say("the directory has no \(id.showingInvisible)"))
        }
        inspection.look(.directoryShow, at: try inspection.askRegistry { try $0.persons(meantBy: id).map(\.id) })
        var object = JSONObject()
        object["items"] = .array(found.map { .object($0) })
        try options.renderer.write(object, id: "items") { found.flatMap(Self.lines) }
    }

    /// Lists shown; `-o json` has them all.
    private static let rowsShown = 40

    private static func lines(_ object: JSONObject) -> [String] {
        var lines: [String] = []
        let name = ["kind", "key", "name"].compactMap { object[$0]?.string }.joined(separator: " ")
        lines.append(say("\(name) · feed \(object["feed"]?.string ?? "-")\(origin(object))"))
        for member in object where !["kind", "key", "name", "feed", "import", "importAt"].contains(member.name) {
            guard let rows = member.value.array else {
                lines.append("  \(member.name) \(Listing.Column.plain(member.value))")
                continue
            }
            guard !rows.isEmpty else { continue }
            lines.append("  \(member.name): \(rows.count)")
            for row in rows.prefix(rowsShown) {
                guard let row = row.object else {
                    lines.append("    \(Listing.Column.plain(row))")
                    continue
                }
                let parts = row.filter { !["import", "importAt"].contains($0.name) && !$0.value.isNull }
                    .map {
                        ["key", "kind"].contains($0.name)
                            ? Listing.Column.plain($0.value) : "\($0.name) \(Listing.Column.plain($0.value))"
                    }
                lines.append("    \(parts.joined(separator: "  "))\(origin(row))")
            }
        }
        return lines
    }

    private static func origin(_ object: JSONObject) -> String {
        guard let id = object["import"]?.string else { return "" }
        return say("  by \(id)") + (object["importAt"]?.string.map { say(" of \($0)") } ?? "")
    }
}
