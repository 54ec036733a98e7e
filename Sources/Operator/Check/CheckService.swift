import ArgumentParser
import Contract

struct CheckService: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Whether the service answers on its admin socket and can promise.",
        discussion: """
            Example:
              carillon check service
            """
    )

    @OptionGroup var common: CheckOptions
    var options: GlobalOptions { common.options }

    func run() async throws {
        try await common.run("service") { inspection, _ in
            guard let status = await AdminClient.status(inspection.adminSocket) else {
                return CheckResult(
                    level: .critical,
                    sentences: [
                        say("it does not answer on \(inspection.adminSocket) within a second")
                            + (SocketState(inspection.adminSocket).sentence.map { say(": \($0)") } ?? "")
                    ]
                )
            }
            let uptime = Int64(status.uptimeSeconds)
            var result = CheckResult(
                level: .ok,
                sentences: [say("pid \(digits: status.processID), up \(RelativeTime.length(uptime))")]
            )
            for reason in status.notReady {
                result.add(.critical, say("not ready: \(say(known: reason))"))
            }
            if let broker = status.broker { result.add(.critical, broker) }
            result.measures = [
                .init(name: "uptime", value: uptime, unit: "s"),
                .init(name: "waiting_commits", value: Int64(status.waitingCommits)),
            ]
            return result
        }
    }
}
