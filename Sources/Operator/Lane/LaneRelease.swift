import ArgumentParser
import Domain

struct LaneRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Decides about what the mass guard held, and lets a lane give up devices again.",
        discussion: """
            Look at `carillon lane removals LANE` first. Goes through the running service.

            Examples:
              carillon lane release apns/onepocket --discard --why 'the topic was wrong, corrected'
              carillon lane release fcm/onepocket --apply --why 'the old app was withdrawn'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The lane's name.")
    var lane: String

    @Flag(help: "The provider was right: what it called bad is not rung any more.")
    var apply = false

    @Flag(help: "It was the credential, the topic or the environment: every device stays.")
    var discard = false

    @Option(help: "The reason, for those who come after.")
    var why: String

    func validate() throws {
        guard apply != discard else { throw ValidationError("Say --apply or --discard, one of them.") }
        guard why.contains(where: { !$0.isWhitespace }), why.utf8.count <= 1000 else {
            throw ValidationError("--why must say something, in at most 1000 bytes.")
        }
    }

    func run() async throws {
        let order = LaneOrder(
            verb: "removals",
            lane: lane,
            why: why,
            more: ["decision": .string(apply ? "apply" : "discard")]
        )
        try await order.run(options) { object in
            let held = object["held"]?.int64 ?? 0
            let changed = object["changed"]?.int64 ?? 0
            return "\(lane): \(held) held, \(changed) devices given up; removals are no longer frozen."
        }
    }
}
