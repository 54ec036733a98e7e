import ArgumentParser

struct LaneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lane",
        abstract: "The providers: one lane for each credential and environment.",
        subcommands: [
            LaneListCommand.self, LaneShow.self, LanePause.self, LaneResume.self, LaneDrain.self, LaneProbe.self,
            LaneRemovals.self, LaneRelease.self,
        ]
    )
}
