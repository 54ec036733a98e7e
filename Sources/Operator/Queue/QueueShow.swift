import ArgumentParser
import Domain
import Store

struct QueueShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One delivery with its timeline.",
        discussion: """
            Examples:
              carillon queue show D-1G8
              carillon queue show D-1G8 -o json | jq .timeline
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The delivery's id.", transform: QueueList.delivery)
    var id: DeliveryID

    func run() async throws {
        let inspection = try options.inspection()
        let row = try inspection.delivery(id)
        let timeline = try inspection.timeline(row)
        var object = try inspection.json(row)
        object["timeline"] = .array(timeline.map { .object($0) })
        let now = options.renderer.now
        try options.renderer.write(object, id: "id") {
            var lines = ["delivery \(row.id) · \(now.rfc3339) · store"]
            for column in Inspection.deliveryColumns where column.member != "id" {
                let value = object[column.member] ?? .null
                lines.append(Self.padded(column.member) + column.shown(value, now))
            }
            return lines + ["timeline"] + timeline.map(Self.line)
        }
    }

    static func padded(_ name: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 12 - name.count))
    }

    private static func line(_ entry: JSONObject) -> String {
        let at = entry["at"]?.string ?? ""
        switch entry["what"]?.string {
        case "attempt":
            let shown = ["number", "milliseconds", "status", "reason", "state"].map {
                entry[$0].map { Listing.Column.plain($0) } ?? "-"
            }
            return "  \(at)  attempt \(shown[0])  \(shown[1]) ms  \(shown[2]) \(shown[3]) -> \(shown[4])"
        case "eventAccepted": return "  \(at)  event accepted from \(entry["publisher"]?.string ?? "-")"
        default: return "  \(at)  next attempt"
        }
    }
}
