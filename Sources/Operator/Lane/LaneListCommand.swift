import ArgumentParser

struct LaneListCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "All lanes with their state and what waits on them.",
        discussion: """
            Live when the service answers on its admin socket, else as the store last saw them.

            Examples:
              carillon lane list
              carillon lane list -o json | jq '.items[] | {lane, state}'
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let facts = try await LaneFacts.read(inspection, now: renderer.now)
        try renderer.write(facts.listing)
    }
}
