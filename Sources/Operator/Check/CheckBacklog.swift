import ArgumentParser
import Domain
import Store

struct CheckBacklog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backlog",
        abstract: "How long the oldest delivery waits, and how many wait.",
        discussion: """
            Deferred deliveries count for --warn-pending and --crit-pending only: their waiting is meant.

            Examples:
              carillon check backlog -w 60s -c 5m
              carillon check backlog --lane 'apns/*' -w 60s -c 5m --crit-pending 200000
            """
    )

    @OptionGroup var common: CheckOptions

    @Option(help: "Only this lane, or a pattern.", completion: .lanes) var lane: String?
    @Option(name: .shortAndLong, help: "Age of the oldest.", transform: CheckOptions.seconds) var warn: Int64 = 300
    @Option(name: .shortAndLong, help: "Age of the oldest.", transform: CheckOptions.seconds) var crit: Int64 = 1800
    @Option(help: "Pending and deferred.") var warnPending: Int64?
    @Option(help: "Pending and deferred.") var critPending: Int64?

    func run() async throws {
        try await common.run("backlog") { inspection, renderer in
            let facts = try await LaneFacts.read(inspection, now: renderer.now)
            let pattern = lane.map { GlobPattern($0) }
            let lanes = facts.items.filter { item in
                pattern?.matches(item["lane"]?.string ?? "") ?? true
            }
            guard pattern == nil || !lanes.isEmpty else {
                return CheckResult(level: .unknown, sentences: ["there is no lane \(lane ?? "")"])
            }
            func sum(_ name: String) -> Int64 { lanes.reduce(0) { $0 + ($1[name]?.int64 ?? 0) } }
            let oldest = lanes.compactMap { $0["oldestSeconds"]?.int64 }.max() ?? 0
            let (pending, deferred) = (sum("pending"), sum("deferred"))
            var result = CheckResult(
                level: oldest >= crit ? .critical : oldest >= warn ? .warning : .ok,
                sentences: [
                    "oldest \(RelativeTime.length(oldest)), pending \(pending), deferred \(deferred) (\(facts.source))"
                ]
            )
            let waiting = pending + deferred
            if let limit = critPending, waiting >= limit {
                result.add(.critical, "\(waiting) wait")
            } else if let limit = warnPending, waiting >= limit {
                result.add(.warning, "\(waiting) wait")
            }
            result.measures = [
                .init(name: "oldest", value: oldest, unit: "s", warn: warn, crit: crit),
                .init(name: "waiting", value: waiting, warn: warnPending, crit: critPending),
                .init(name: "pending", value: pending), .init(name: "deferred", value: deferred),
                .init(name: "dead", value: sum("dead")),
            ]
            return result
        }
    }
}
