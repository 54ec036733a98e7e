import ArgumentParser
import Domain
import Store

struct DirectoryList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Imports, the newest first.",
        discussion: """
            Straight from the registry, also while the service is down.

            Example:
              carillon directory list -o json | jq -r '.items[] | select(.state == "held" and .kept) | .import'
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    func run() async throws {
        let inspection = try options.inspection()
        let listing = Listing(
            id: "import",
            scope: say("imports"),
            columns: [
                .text("IMPORT", "import"), .time("AT", "at"), .text("FORMAT", "format"), .text("MODE", "mode"),
                .text("FEED", "feed"),
                .state("STATE", "state"), .text("KEPT", "kept"), .text("BY", "actor").optional,
                .text("SOURCE", "source").optional, .text("DECIDED BY", "decidedBy").optional, .csv("decidedAt"),
            ]
        )
        try paging.write(listing, to: options.renderer, isFiltered: false) { after, limit in
            let before = try after.map(Self.id)
            return try inspection.askRegistry { try $0.imports(before: before, limit: limit) }.map(Self.json)
        }
    }

    static func id(_ text: String) throws -> ImportID {
        guard let id = ImportID(text) else { throw OperatorError(.usage, say("\(text) is no import: I-…")) }
        return id
    }

    /// `import at format mode state kept actor source decidedAt decidedBy`.
    static func json(_ stored: StoredImport) -> JSONObject {
        JSONObject([
            "import": .string(stored.id.description), "at": .string(stored.at.rfc3339),
            "format": .string(stored.format), "mode": .string(stored.origin.mode),
            "feed": .string(stored.feed), "state": .string(stored.state),
            "kept": .bool(stored.kept != nil), "actor": .string(stored.origin.actor),
            "source": .string(stored.origin.source),
            "decidedAt": stored.decidedAt.map { .string($0.rfc3339) } ?? .null,
            "decidedBy": stored.decidedBy.map { .string($0) } ?? .null,
        ])
    }
}
