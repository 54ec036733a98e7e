import ArgumentParser
import Domain
import Store

struct LaneRemovals: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "removals",
        abstract: "What the mass guard held: devices the provider called bad while too many were.",
        discussion: """
            These devices are still rung. When the provider was right, `lane release --apply` gives them up; when the credential, the \
            topic or the environment was wrong, `lane release --discard` keeps them.

            Examples:
              carillon lane removals apns/onepocket
              carillon lane removals apns/onepocket -o csv
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The lane's name.")
    var lane: String

    @Option(help: "At most so many.")
    var limit = 1000

    func validate() throws { try ListOptions.check(limit) }

    func run() async throws {
        let inspection = try options.inspection()
        _ = try inspection.lane(named: lane)
        let (held, total, since) = try inspection.askRegistry { reader in
            (
                try reader.heldFaults(of: lane, limit: limit), try reader.heldFaultCount(of: lane),
                try reader.frozenLanes()[lane]
            )
        }
        guard let since else {
            throw OperatorError(.nothing, say("the removals of \(lane) are not frozen"), next: "carillon lane list")
        }
        let items = try held.map { try Self.json($0, device: inspection.device($0.device)) }
        try options.renderer.write(
            Listing(
                id: "installation",
                scope: say("removals of \(lane), frozen since \(since.rfc3339)"),
                columns: Self.columns,
                items: items,
                total: total
            )
        )
    }

    static let columns: [Listing.Column] = [
        .longID("INSTALLATION", "installation"), .text("USER", "user"), .text("TOKEN", "tokenTail"),
        .text("WOULD BE", "state"), .text("REASON", "reason"), .time("SAID", "at"), .time("REGISTERED", "registeredAt"),
    ]

    /// `installation user tokenTail state reason at registeredAt`; of a device that is gone since, only the proof.
    private static func json(_ fault: HeldFault, device: DeviceRow?) -> JSONObject {
        JSONObject([
            "installation": device.map { .string($0.installation) } ?? .null,
            "user": device.map { .string($0.ownerID) } ?? .null,
            "tokenTail": device.map { .string($0.tokenTail) } ?? .null, "state": .string(fault.state.word),
            "reason": .string(fault.reason), "at": .string(fault.at.rfc3339),
            "registeredAt": device.map { .string($0.registeredAt.rfc3339) } ?? .null,
        ])
    }
}
