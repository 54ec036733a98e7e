import ArgumentParser
import Domain
import Settings

struct ConfigShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Every key with the value that counts; secrets are never shown.",
        discussion: """
            Examples:
              carillon config show
              carillon config show --origin
              carillon config show -o json | jq -r '.items[] | select(.origin != "default") | .key'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Flag(help: "Also where each value comes from: default, file and line, or a variable.")
    var origin = false

    func run() async throws {
        let loaded = try options.settings()
        var columns: [Listing.Column] = [.text("KEY", "key"), .text("VALUE", "value")]
        if origin { columns.append(.text("ORIGIN", "origin")) }
        let items = loaded.entries.map { entry in
            JSONObject([
                "key": .string(entry.key), "value": .string(entry.value), "origin": .string(entry.origin.description),
            ])
        }
        try options.renderer.write(
            Listing(
                id: "key",
                scope: say("configuration \(loaded.file)"),
                source: "file",
                columns: columns,
                items: items,
                total: items.count
            )
        )
    }
}
