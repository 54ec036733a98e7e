import ArgumentParser
import Contract
import Domain
import Pipeline

struct EventShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "How one event stands, in numbers: the object of GET /v1/events/{id}.",
        discussion: """
            Examples:
              carillon event show E-7F3K2
              carillon event show E-7F3K2 -o json | jq .guardians
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The event's id.")
    var id: String

    func run() async throws {
        let inspection = try options.inspection()
        let object = try inspection.summary(id) ?? EventStatus.view(try inspection.report(id)).object
        let now = options.renderer.now
        try options.renderer.write(object, id: "id") { Self.lines(object, now: now) }
    }

    /// The event on a few lines, one a subject. `members`: only these; nil: all.
    static func lines(_ object: JSONObject, now: Instant, members: [String]? = nil) -> [String] {
        let name = [object["id"], object["app"], object["action"]].compactMap { $0?.string }.joined(separator: " ")
        var lines = [Renderer.head(name, at: now)]
        for member in object where members?.contains(member.name) ?? !["id", "app", "action"].contains(member.name) {
            let shown: String
            switch member.value {
            case .object(let sums):
                shown = sums.map { "\($0.name) \(Listing.Column.plain($0.value))" }.joined(separator: "   ")
            case .string(let text):
                shown = Instant(rfc3339: text).map { "\(text) (\(RelativeTime.text($0, now: now)))" } ?? text
            case let value: shown = Listing.Column.plain(value)
            }
            lines.append(
                "  " + DisplayWidth.padded(say(known: member.name), to: 20, gap: 1) + (shown.isEmpty ? "-" : shown)
            )
        }
        return lines
    }
}
