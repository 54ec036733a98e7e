import ArgumentParser
import Contract
import Domain
import Settings

struct CheckLanes: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "lanes",
        abstract: "Whether every lane works.",
        discussion: """
            A refused credential is CRITICAL: a person must repair it. A provider that cannot be reached, and a lane that an operator \
            stopped, are WARNING, as are a key whose `expires` is less than 30 days away and a lane of which more than a tenth of the devices are \
            suspect. Frozen removals are CRITICAL: they wait for a person.

            Examples:
              carillon check lanes
              carillon check lanes --lane 'fcm/*'
            """
    )

    @OptionGroup var common: CheckOptions
    var options: GlobalOptions { common.options }

    @Option(help: "Only this lane, or a pattern.", completion: .lanes) var lane: String?

    func run() async throws {
        try await common.run("lanes") { inspection, renderer in
            let facts = try await LaneFacts.read(inspection, now: renderer.now)
            let pattern = lane.map { GlobPattern($0) }
            let lanes = facts.items.filter { pattern?.matches($0.lane) ?? true }
            let unread = Listing.sentence(unread: facts.unread)
            guard !lanes.isEmpty else {
                let none = lane.map { say("there is no lane \($0)") } ?? say("there is no lane yet")
                return CheckResult(level: .unknown, sentences: [unread ?? none])
            }
            let active = lanes.count { $0.state == "active" }
            var result = CheckResult(
                level: .ok,
                sentences: [say("\(active) of \(lanes.count) lanes active (\(say(known: facts.source)))")]
            )
            if let unread { result.add(.warning, unread) }
            for item in lanes where item.state != "active" {
                result.add(
                    item.state == "credentialFault" ? .critical : .warning,
                    "\(item.lane) \(LaneWord.said(item.state))\(item.standingText(now: renderer.now))"
                )
            }
            for (name, alarm) in try LaneAlarmFacts(inspection).alarms where pattern?.matches(name) ?? true {
                result.add(
                    alarm == .removalsFrozen ? .critical : .warning,
                    say("\(name): \(say(known: alarm.sentence))")
                )
            }
            for name in lanes.map(\.lane) {
                guard let at = inspection.settings.providers.expiry(ofLane: name) else { continue }
                let end = CredentialEnd(at: at, now: renderer.now)
                if end.level != .ok { result.add(.warning, say("\(name): its key \(end.sentence)")) }
            }
            result.measures = [
                .init(name: "lanes", value: Int64(lanes.count)), .init(name: "active", value: Int64(active)),
            ]
            return result
        }
    }
}
