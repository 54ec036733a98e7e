import API
import ArgumentParser
import Contract
import Domain
import Pipeline
import Store

struct DeviceShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One device.",
        discussion: """
            Example:
              carillon device show 7b1e-pixel
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The installation.")
    var installation: String

    func run() async throws {
        let inspection = try options.inspection()
        let installation = try inspection.installation(installation)
        let rows = try inspection.askRegistry {
            try $0.devices(.init(installation: installation), after: nil, limit: 1)
        }
        guard let row = rows.first else {
            throw OperatorError(.nothing, say("there is no device \(installation)"), next: "carillon device list")
        }
        inspection.look(.deviceShow, at: [row.owner])
        var view = DeviceDetailsView()
        view.device = DeviceView(row)
        view.history = try inspection.askRegistry { try $0.history(of: row.id) }.map(\.view)
        let now = options.renderer.now
        try options.renderer.write(view.object, id: "installation") {
            [Renderer.head("\(say("device")) \(row.installation)", at: now)]
                + view.device.object.dropFirst().map { member in
                    let time = member.name.hasSuffix("At") ? member.value.string.flatMap { Instant(rfc3339: $0) } : nil
                    return Self.line(
                        say(known: member.name),
                        time.map { RelativeTime.text($0, now: now) } ?? Listing.Column.plain(member.value)
                    )
                }
                + [Self.line(say(known: "history"), "\(view.history.count)")]
                + view.history.suffix(Self.changesShown).map { change in
                    "  " + Self.line(RelativeTime.text(change.at, now: now), Listing.Column.plain(.string(change.what)))
                }
        }
    }

    /// The newest; `-o json` has more.
    private static let changesShown = 20

    private static func line(_ name: String, _ value: String) -> String {
        "  " + DisplayWidth.padded(name, to: 16, gap: 1) + value
    }
}
