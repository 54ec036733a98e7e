import ArgumentParser
import Contract
import Domain
import Store

struct CheckBacklog: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "backlog",
        abstract: "How long the oldest delivery waits, how many wait, and whether there are dead letters.",
        discussion: """
            -w and -c are for what has not been tried yet; --warn-deferred and --crit-deferred for what was tried in vain and waits for \
            another attempt. What waits for quiet hours counts for neither. One dead letter is a WARNING until a person has looked: \
            `dead list --by reason`, then `dead retry` or `dead drop`; --warn-dead 0 asks for no word of them.

            Examples:
              carillon check backlog -w 60s -c 5m
              carillon check backlog --lane 'apns/*' -w 60s -c 5m --crit-pending 200000
            """
    )

    @OptionGroup var common: CheckOptions
    var options: GlobalOptions { common.options }

    @Option(help: "Only this lane, or a pattern.", completion: .lanes) var lane: String?
    @Option(name: .shortAndLong, help: "Age of the oldest.", transform: CheckOptions.seconds) var warn: Int64 = 300
    @Option(name: .shortAndLong, help: "Age of the oldest.", transform: CheckOptions.seconds) var crit: Int64 = 1800
    @Option(help: "Age of the oldest that waits for another attempt.", transform: CheckOptions.seconds)
    var warnDeferred: Int64 = 7200
    @Option(help: "Age of the oldest that waits for another attempt.", transform: CheckOptions.seconds)
    var critDeferred: Int64 = 43_200
    @Option(help: "Pending and deferred.") var warnPending: Int64?
    @Option(help: "Pending and deferred.") var critPending: Int64?
    @Option(help: "Dead letters; 0 for never.") var warnDead: Int64 = 1
    @Option(help: "Dead letters.") var critDead: Int64?

    func run() async throws {
        try await common.run("backlog") { inspection, renderer in
            let facts = try await LaneFacts.read(inspection, now: renderer.now)
            let pattern = lane.map { GlobPattern($0) }
            let lanes = LaneFacts(source: facts.source, items: facts.items.filter { pattern?.matches($0.lane) ?? true })
            let unread = Listing.sentence(unread: facts.unread)
            guard pattern == nil || !lanes.items.isEmpty else {
                return CheckResult(level: .unknown, sentences: [unread ?? say("there is no lane \(lane ?? "")")])
            }
            let oldest = Int64(lanes.oldestSeconds ?? 0)
            let (pending, deferred) = (Int64(lanes.sum(\.pending)), Int64(lanes.sum(\.deferred)))
            var result = CheckResult(
                level: oldest >= crit ? .critical : oldest >= warn ? .warning : .ok,
                sentences: [
                    say(
                        "oldest \(RelativeTime.length(oldest)), pending \(pending), deferred \(deferred) (\(say(known: facts.source)))"
                    )
                ]
            )
            if let unread { result.add(.warning, unread) }
            let retrying = try retrying(of: lanes.items, inspection, now: renderer.now)
            if retrying >= min(warnDeferred, critDeferred) {
                result.add(
                    retrying >= critDeferred ? .critical : .warning,
                    say("the oldest that was tried in vain waits for \(RelativeTime.length(retrying))")
                )
            }
            let dead = Int64(lanes.sum(\.dead))
            if let limit = critDead, dead >= limit {
                result.add(.critical, Attention.deadLetters(dead))
            } else if warnDead > 0, dead >= warnDead {
                result.add(.warning, Attention.deadLetters(dead))
            }
            let waiting = pending + deferred
            if let limit = critPending, waiting >= limit {
                result.add(.critical, say("\(waiting) wait"))
            } else if let limit = warnPending, waiting >= limit {
                result.add(.warning, say("\(waiting) wait"))
            }
            result.measures = [
                .init(name: "oldest", value: oldest, unit: "s", warn: warn, crit: crit),
                .init(name: "waiting", value: waiting, warn: warnPending, crit: critPending),
                .init(name: "pending", value: pending), .init(name: "deferred", value: deferred),
                .init(name: "dead", value: dead, warn: warnDead > 0 ? warnDead : nil, crit: critDead),
                .init(name: "oldest_deferred", value: retrying, unit: "s", warn: warnDeferred, crit: critDeferred),
            ]
            return result
        }
    }

    private func retrying(of lanes: [LaneView], _ inspection: Inspection, now: Instant) throws -> Int64 {
        let names = Set(lanes.map(\.lane))
        let oldest = try inspection.ask { try $0.oldestRetries() }
            .filter { lane, _ in inspection.laneName(lane).map(names.contains) ?? false }
        return oldest.values.min().map { max(0, (now - $0).components.seconds) } ?? 0
    }
}
