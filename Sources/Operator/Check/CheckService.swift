import ArgumentParser
import Domain

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
            guard let status = await AdminClient.ask(inspection.adminSocket, "/admin/status") else {
                return CheckResult(
                    level: .critical,
                    sentences: [
                        say("it does not answer on \(inspection.adminSocket) within a second")
                            + (SocketState(inspection.adminSocket).sentence.map { say(": \($0)") } ?? "")
                    ]
                )
            }
            let uptime = status["uptimeSeconds"]?.int64 ?? 0
            let pid = status["pid"]?.int64 ?? 0
            var result = CheckResult(
                level: .ok,
                sentences: [say("pid \(digits: pid), up \(RelativeTime.length(uptime))")]
            )
            for reason in status["notReady"]?.array?.compactMap(\.string) ?? [] {
                result.add(.critical, say("not ready: \(say(known: reason))"))
            }
            if let broker = status["broker"]?.string { result.add(.critical, broker) }
            result.measures = [
                .init(name: "uptime", value: uptime, unit: "s"),
                .init(name: "waiting_commits", value: status["waitingCommits"]?.int64 ?? 0),
            ]
            return result
        }
    }
}
