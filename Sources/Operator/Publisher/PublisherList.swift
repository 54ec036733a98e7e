import ArgumentParser
import Contract
import Domain
import Settings

struct PublisherList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Publishers with their rights and keys; a key's last use is known to the running service.",
        discussion: """
            Examples:
              carillon publisher list
              carillon publisher list -o json | jq -r '.items[] | select(.ended) | .key'
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let settings = try options.settings(secrets: true).settings
        let answer = await AdminClient.ask(settings.listen.adminSocket, "/admin/publishers")
        var unread = 0
        let live = answer.map { ListView<PublisherView>(shown: $0, unread: &unread).items }
        let now = options.renderer.now
        let items = (live ?? settings.publishers.map { PublisherView($0, now: now) }).flatMap(Self.rows)
        let listing = Listing(
            id: "key",
            scope: say("publishers"),
            source: live == nil ? "store" : "live",
            columns: [
                .text("PUBLISHER", "publisher"), .text("KEY", "key"), .state("STATE", "state"), .time("UNTIL", "until"),
                .time("LAST USED", "lastUsedAt"), .text("RIGHTS", "rights"), .text("SCHOOLS", "schools").optional,
            ],
            items: items,
            total: unread == 0 ? items.count : nil,
            unread: unread
        )
        try options.renderer.write(listing)
    }

    /// A row for each key, and one for the secret that signs.
    private static func rows(_ publisher: PublisherView) -> [JSONObject] {
        func row(_ key: String, _ state: String, _ until: Instant?, _ used: Instant?) -> JSONObject {
            JSONObject([
                "publisher": .string(publisher.name), "key": .string(key), "state": .string(state),
                "until": until.map { .string($0.rfc3339) } ?? .null,
                "lastUsedAt": used.map { .string($0.rfc3339) } ?? .null,
                "rights": .string(publisher.rights.joined(separator: " ")),
                "schools": .string(publisher.schools?.joined(separator: " ") ?? "all"),
            ])
        }
        let keys = publisher.keys.map { row($0.id, $0.hasEnded ? "ended" : "active", $0.until, $0.lastUsedAt) }
        return keys + (publisher.signs ? [row("(signature)", "active", nil, nil)] : [])
    }
}

extension PublisherView {
    /// As the configuration has it.
    fileprivate init(_ publisher: PublisherSettings, now: Instant) {
        self.init()
        name = publisher.name
        rights = publisher.rights.map(\.rawValue).sorted()
        schools = publisher.schools?.sorted()
        signs = !publisher.secrets.isEmpty
        keys = publisher.keys.map { key in
            var view = PublisherKeyView()
            view.id = key.id
            view.until = key.until
            view.hasEnded = key.until.map { $0 <= now } ?? false
            return view
        }
    }
}
