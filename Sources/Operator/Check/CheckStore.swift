import ArgumentParser
import Domain
import Settings
import Store

struct CheckStore: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Whether the store can be read and has room.",
        discussion: """
            -w and -c are percent of the disk that must be free. A write-ahead log beyond 64 MB means that it is not taken \
            over: something reads for too long.

            Example:
              carillon check store -w 10 -c 5
            """
    )

    @OptionGroup var common: CheckOptions
    var options: GlobalOptions { common.options }

    @Option(name: .shortAndLong, help: "Percent of the disk free.") var warn: Int64 = 10
    @Option(name: .shortAndLong, help: "Percent of the disk free.") var crit: Int64 = 5

    func run() async throws {
        try await common.run("store") { inspection, _ in
            let health = try inspection.ask { try $0.health() }
            let files = StoreFiles(folder: inspection.settings.data)
            let free = files.freePercent
            var result = CheckResult(
                level: free < crit ? .critical : free < warn ? .warning : .ok,
                sentences: [
                    say(
                        "schema \(digits: health.schema), queue \(StoreFiles.text(files.queueBytes)), wal \(StoreFiles.text(files.walBytes)), disk \(free) % free"
                    )
                ]
            )
            if health.schema != QueueReader.schemaKnown {
                result.add(.warning, say("this release knows schema \(digits: QueueReader.schemaKnown)"))
            }
            switch files.stage(inspection.settings.storage.disk) {
            case .ample: break
            case .soft: result.add(.warning, say("short of room: what is large or not urgent is refused"))
            case .hard, .blocked: result.add(.critical, say("no room: every event is refused"))
            }
            if files.walBytes > StoreFiles.walBytesMax {
                result.add(.warning, say("the write-ahead log is not taken over"))
            }
            result.measures = [
                .init(name: "free", value: free, unit: "%", warn: warn, crit: crit),
                .init(name: "queue", value: files.queueBytes, unit: "B"),
                .init(name: "wal", value: files.walBytes, unit: "B", warn: StoreFiles.walBytesMax),
                .init(name: "registry", value: files.registryBytes, unit: "B"),
            ]
            return result
        }
    }
}
