import ArgumentParser
import Domain
import Pipeline
import Settings
import Store

struct ClockShow: AsyncParsableCommand {
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
        let client = AdminClient(socket: settings.listen.adminSocket)
        let live = await client.get("/admin/clock")
        await client.stop()
        let object = try live ?? Self.stored(try Inspection(settings), OperatorContext.current.time.now())
        let now = options.renderer.now
        try options.renderer.write(object, id: "wall") { Self.lines(object, isLive: live != nil, now: now) }
    }

    private static func stored(_ inspection: Inspection, _ now: Instant) throws -> JSONObject {
        let newest = try inspection.ask { try $0.newestInstant() }
        let isBehind = newest.map { $0 - now > .milliseconds(SteadyClock.stepMaxMilliseconds) } ?? false
        return JSONObject([
            "at": .string(now.rfc3339), "source": "store", "wall": .string(now.rfc3339), "steady": .null,
            "isSuspect": .bool(isBehind), "suspectSince": .null,
            "highWater": newest.map { .string($0.rfc3339) } ?? .null, "heldBack": .null,
        ])
    }

    static func lines(_ object: JSONObject, isLive: Bool, now: Instant) -> [String] {
        func text(_ name: String) -> String { object[name]?.string ?? "-" }
        var lines = ["wall        \(text("wall"))" + (isLive ? "" : " (the service does not answer)")]
        if isLive { lines.append("steady      \(text("steady"))") }
        lines.append("high water  \(text("highWater"))")
        guard object["isSuspect"] == true else { return lines + ["believed"] }
        guard isLive else { return lines + ["behind the store: a service that starts now doubts it for a minute"] }
        let since = Instant(rfc3339: text("suspectSince")).map { RelativeTime.text($0, now: now) } ?? "-"
        let held = object["heldBack"]
        func count(_ name: String) -> String { held?[name]?.int64.map(String.init) ?? "-" }
        return lines + [
            "SUSPECT     since \(since)",
            "held back   \(count("scheduledEvents")) scheduled events, \(count("retries")) retries, "
                + "\(count("expiringEvents")) events that would expire",
            "if the wall clock is right: carillon clock accept --why TEXT",
        ]
    }
}
