import ArgumentParser
import Domain
import Settings

struct StorageKeysCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Which storage key still seals how many devices.",
        discussion: """
            Reads every device, about a second for a million, also while the service is down. A key may leave the key file when it seals none.

            Example:
              carillon storage keys -o json | jq '.items[] | select(.devices > 0 and (.configured | not)) | .key'
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let facts = try StorageKeyFacts(options.settings(secrets: true).settings)
        let items = facts.keys.map { key in
            JSONObject([
                "key": .string(key.id), "devices": .number(key.devices), "unbound": .number(key.unbound),
                "current": .bool(key.isCurrent), "configured": .bool(key.isConfigured),
                "right": key.isRight.map { .bool($0) } ?? .null,
            ])
        }
        try options.renderer.write(
            Listing(
                id: "key",
                scope: say("storage keys"),
                columns: [
                    .text("KEY", "key"), .number("DEVICES", "devices"), .text("CURRENT", "current"),
                    .text("CONFIGURED", "configured"), .text("RIGHT", "right"), .number("UNBOUND", "unbound"),
                ],
                items: items,
                total: items.count
            )
        )
    }
}
