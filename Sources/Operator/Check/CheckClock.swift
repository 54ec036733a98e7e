import ArgumentParser

struct CheckClock: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock",
        abstract: "Whether the clock is sane: not behind the store, equal to the service's, synchronised.",
        discussion: """
            Expiry and provider tokens hang on the clock. -w and -c are what it may be off against the store and the service.

            Example:
              carillon check clock -w 5s -c 60s
            """
    )

    @OptionGroup var common: CheckOptions
    var options: GlobalOptions { common.options }

    @Option(name: .shortAndLong, help: "May be off by.", transform: CheckOptions.seconds) var warn: Int64 = 5
    @Option(name: .shortAndLong, help: "May be off by.", transform: CheckOptions.seconds) var crit: Int64 = 60

    func run() async throws {
        try await common.run("clock") { inspection, renderer in
            let facts = try await ClockFacts.read(inspection, context: renderer.context)
            let off = facts.offSeconds
            var result = CheckResult(
                level: off >= crit ? .critical : off >= warn ? .warning : .ok,
                sentences: [facts.sentence]
            )
            if facts.isSynchronised == false { result.add(.warning, say("the kernel says it is not synchronised")) }
            result.measures = [.init(name: "off", value: off, unit: "s", warn: warn, crit: crit)]
            return result
        }
    }
}
