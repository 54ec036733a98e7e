import ArgumentParser

struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "One publication: how it stands, who got it, who not and why.",
        subcommands: [
            EventList.self, EventShow.self, EventTrace.self, EventReach.self, EventPreview.self, EventWithdraw.self,
            EventResend.self,
        ]
    )
}
