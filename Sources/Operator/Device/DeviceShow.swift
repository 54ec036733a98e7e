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
        let object = DeviceView(row).object
        let now = options.renderer.now
        try options.renderer.write(object, id: "installation") {
            [Renderer.head("\(say("device")) \(row.installation)", at: now)]
                + object.dropFirst().map { member in
                    let time = member.name.hasSuffix("At") ? member.value.string.flatMap { Instant(rfc3339: $0) } : nil
                    let shown = time.map { RelativeTime.text($0, now: now) } ?? Listing.Column.plain(member.value)
                    return "  " + DisplayWidth.padded(say(known: member.name), to: 16, gap: 1) + shown
                }
        }
    }
}
