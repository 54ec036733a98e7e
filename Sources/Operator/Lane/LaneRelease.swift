import ArgumentParser
import Contract

struct LaneRelease: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Decides about what the mass guard held, and lets a lane give up devices again.",
        discussion: """
            Look at `carillon lane removals LANE` first.

            Examples:
              carillon lane release apns/onepocket --discard --why 'the topic was wrong, corrected'
              carillon lane release fcm/onepocket --apply --why 'the old app was withdrawn'
            """
    )

    @OptionGroup var options: GlobalOptions

    @OptionGroup var own: LaneOrderOptions

    @Flag(help: "The provider was right: what it called bad is not rung any more.")
    var apply = false

    @Flag(help: "It was the credential, the topic or the environment: every device stays.")
    var discard = false

    @Option(help: "The reason, for those who come after.")
    var why: String

    func validate() throws {
        guard apply != discard else { throw ValidationError(say("Say --apply or --discard, one of them.")) }
        try WhyText.check(why)
    }

    func run() async throws {
        var order = LaneOrderRun(verb: "removals", lane: own.lane, why: why)
        order.order.decision = apply ? "apply" : "discard"
        try await order.run(options, own.offline) { object in
            let decided = RemovalsDecidedView(shown: object)
            return say(
                "\(own.lane): \(decided.held) held, \(decided.changed) devices given up; removals are no longer frozen."
            )
        }
    }
}
