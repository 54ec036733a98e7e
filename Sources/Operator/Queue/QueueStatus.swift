import ArgumentParser
import Domain

struct QueueStatus: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "One screen: service, store, lanes, events, rates, the oldest delivery.",
        discussion: """
            Live when the service answers on its admin socket, else from the store alone. Rates come from the metrics listener.

            Examples:
              carillon queue status
              carillon queue status -o json | jq '.lanes[] | select(.state != "active")'
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let report = try await StatusReport.read(inspection, context: renderer.context)
        try renderer.write(report.object, id: "source", colored: true) {
            StatusScreen(report: report, renderer: renderer).lines
        }
    }
}
