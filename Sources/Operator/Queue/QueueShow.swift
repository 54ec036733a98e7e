import ArgumentParser
import Domain
import Pipeline
import Settings
import Store

struct QueueShow: AnsweringCommand {
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
        try Self.write(try inspection.delivery(id), inspection, options.renderer)
    }

    static func write(_ row: DeliveryRow, _ inspection: Inspection, _ renderer: Renderer) throws {
        inspection.look(.deliveryShow, at: [row.person], event: row.event)
        let timeline = try inspection.timeline(row)
        var object = try inspection.json(row)
        object["timeline"] = .array(timeline.map { .object($0) })
        let device = row.lane == .nowhere ? nil : try inspection.device(row.device)
        let now = renderer.now
        try renderer.write(object, id: "id") {
            [Renderer.head("\(say("delivery")) \(row.id)", at: now)]
                + Self.head(object, row, device: device, attemptsMax: inspection.settings.limits.attemptsMax, now: now)
                + [say("timeline")] + timeline.map { Self.line($0) }
        }
    }

    private static func head(
        _ object: JSONObject,
        _ row: DeliveryRow,
        device: DeviceRow?,
        attemptsMax: Int,
        now: Instant
    ) -> [String] {
        func word(_ name: String) -> String { Listing.Column.plain(object[name] ?? .null) }
        let reason = row.result.reason.flatMap { $0.word == word("state") ? nil : " (\($0.word))" } ?? ""
        let tries = row.attempts > 0 ? say(", attempt \(row.attempts) of \(attemptsMax)") : ""
        let next = row.nextAt.map { say(", next \(RelativeTime.text($0, now: now))") } ?? ""
        let ending = row.result.state.isTerminal ? "" : say(", expires \(RelativeTime.text(row.expiresAt, now: now))")
        var to = say("user \(word("user"))")
        if let device {
            to += say(
                ", device \(device.installation) (\(device.platform), app \(device.app), token …\(device.tokenTail), \(device.state.word), seen \(RelativeTime.text(device.lastSeenAt, now: now)))"
            )
        } else if row.lane != .nowhere {
            to += say(", a device that is gone")
        }
        return [
            padded(say("state")) + "\(row.result.state)\(reason)\(tries)\(next)\(ending)",
            padded(say("event")) + say("\(row.event) \(row.app).\(row.action), school \(word("school"))"),
            padded(say("to")) + to, padded(say("lane")) + word("lane"),
        ]
    }

    static func padded(_ name: String) -> String { "  " + DisplayWidth.padded(name, to: 10, gap: 1) }

    private static func line(_ entry: JSONObject) -> String {
        func word(_ name: String) -> String { entry[name].map { Listing.Column.plain($0) } ?? "-" }
        let at = entry["at"]?.string ?? say("(not kept)")
        let said: String
        switch entry["what"]?.string {
        case "attempt":
            let answer = entry["status"]?.int64 == 0 ? word("reason") : "\(word("status")) \(word("reason"))"
            said = say("attempt \(word("number"))  \(word("milliseconds")) ms  \(answer) -> \(word("state"))")
        case "eventAccepted": said = say("event accepted from \(word("publisher"))")
        case "made": said = say("delivery made for lane \(word("lane"))")
        case "nextAttempt": said = say("next attempt")
        case "outcome":
            let reason = entry["reason"]?.string.flatMap { $0 == word("state") ? nil : " (\($0))" } ?? ""
            let time = entry["millisecondsMax"]?.int64.map { say(", answered within \($0) ms") } ?? ""
            said = "\(word("state"))\(reason)\(time)"
        default: said = say("expires")
        }
        return "  " + DisplayWidth.padded(at, to: 26, gap: 1) + said
    }
}
