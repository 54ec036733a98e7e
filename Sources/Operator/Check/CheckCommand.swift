import ArgumentParser

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks for Nagios and its kin: one line, measured values, exit code 0, 1, 2 or 3.",
        discussion: "0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (wrong usage, too). None changes anything.",
        subcommands: [CheckBacklog.self, CheckLanes.self, CheckStore.self, CheckClock.self, CheckService.self]
    )
}
