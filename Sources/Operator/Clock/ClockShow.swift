import ArgumentParser
import Contract
import Domain
import Settings
import Store

struct ClockShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Wall clock, the services' time, since when they differ, and what is held back by it.",
        discussion: """
            The service's word; while it is down, the wall clock against the latest time in the store: a service that starts more than \
            five minutes before that doubts its clock.

            Example:
              carillon clock show -o json | jq .heldBack
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let settings = try options.settings().settings
        let live = await AdminClient.ask(settings.listen.adminSocket, "/admin/clock")
        let object = try live ?? Self.stored(try Inspection(settings), OperatorContext.current.time.now()).object
        let now = options.renderer.now
        try options.renderer.write(object, id: "wall") {
            Self.lines(ClockView(shown: object), isLive: live != nil, now: now)
        }
    }

    private static func stored(_ inspection: Inspection, _ now: Instant) throws -> ClockView {
        let newest = try inspection.ask { try $0.newestInstant() }
        var view = ClockView()
        view.at = now
        view.source = "store"
        view.wall = now
        view.isSuspect = newest.map { $0 - now > .milliseconds(SteadyClock.stepMaxMilliseconds) } ?? false
        view.highWater = newest
        return view
    }

    static func lines(_ clock: ClockView, isLive: Bool, now: Instant) -> [String] {
        func text(_ instant: Instant?) -> String { instant?.rfc3339 ?? "-" }
        var lines = [say("wall        \(text(clock.wall))") + (isLive ? "" : say(" (the service does not answer)"))]
        if isLive { lines.append(say("steady      \(text(clock.steady))")) }
        lines.append(say("high water  \(text(clock.highWater))"))
        guard clock.isSuspect else { return lines + [say("believed")] }
        guard isLive else { return lines + [say("behind the store: a service that starts now doubts it for a minute")] }
        let since = clock.suspectSince.map { RelativeTime.text($0, now: now) } ?? "-"
        let held = clock.heldBack ?? HeldBackView()
        return lines + [
            say("SUSPECT     since \(since)"),
            say(
                "held back   \(held.scheduledEvents) scheduled events, \(held.retries) retries, \(held.expiringEvents) events that would expire"
            ),
            say("if the wall clock is right: carillon clock accept --why TEXT"),
        ]
    }
}
