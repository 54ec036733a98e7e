import ArgumentParser
import Domain

/// One line as Nagios reads it: a word, a sentence, and what was measured
/// [nagios-plugins.org/doc/guidelines.html: plugin output, performance data].
struct CheckResult {
    enum Level: Int32, Comparable {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        /// Unknown is no worse than critical.
        static func < (one: Level, other: Level) -> Bool { one.severity < other.severity }

        private var severity: Int { [.ok: 0, .unknown: 1, .warning: 2, .critical: 3][self] ?? 3 }
        var word: String { "\(self)".uppercased() }
    }

    struct Measure {
        var name: String
        var value: Int64
        var unit = ""
        var warn: Int64?
        var crit: Int64?

        var text: String {
            let limits = [warn, crit].map { $0.map { "\($0)" } ?? "" }.joined(separator: ";")
            return "\(name)=\(value)\(unit)" + (limits == ";" ? "" : ";\(limits)")
        }
    }

    var level: Level
    var sentences: [String]
    var measures: [Measure] = []

    /// Worse of two; the sentences of the worse come first.
    mutating func add(_ level: Level, _ sentence: String) {
        if level > self.level { sentences.insert(sentence, at: 0) } else { sentences.append(sentence) }
        self.level = max(self.level, level)
    }

    /// Writes the line (with `-o json` an object) and ends with the level as exit code.
    func write(_ renderer: Renderer, check: String) throws {
        let text = sentences.joined(separator: say("; "))
        var object = JSONObject([
            "check": .string(check), "at": .string(renderer.now.rfc3339), "level": .string("\(level)"),
            "code": .number(Int(level.rawValue)), "text": .string(text),
        ])
        var measured = JSONObject()
        for measure in measures { measured[measure.name] = .number(measure.value) }
        object["measures"] = .object(measured)
        if renderer.format == .table {
            // Never cut: a monitoring system reads it. A bar would end the sentence.
            let safe = DisplayWidth.safe(text.split(separator: "|").joined(separator: "/"))
            let data = measures.map(\.text).joined(separator: " ")
            try renderer.context.writeText("\(level.word) \(safe)" + (data.isEmpty ? "" : " | \(data)") + "\n")
        } else {
            try renderer.write(object, id: "check") { [] }
        }
        if level != .ok { throw ExitCode(level.rawValue) }
    }
}

/// What every check takes.
struct CheckOptions: ParsableArguments {
    @OptionGroup var options: GlobalOptions

    /// Runs a check; what cannot be found out is UNKNOWN (3), never a code another check means something else by.
    func run(_ name: String, _ check: (Inspection, Renderer) async throws -> CheckResult) async throws {
        let renderer = options.renderer
        let result: CheckResult
        do {
            result = try await check(try options.inspection(), renderer)
        } catch let failure as OperatorError {
            result = CheckResult(
                level: failure.status == .store ? .critical : .unknown,
                sentences: [[failure.what, failure.why].compactMap { $0 }.joined(separator: say(": "))]
            )
        }
        try result.write(renderer, check: name)
    }

    /// A length of time in seconds.
    static func seconds(_ text: String) throws -> Int64 {
        guard let length = TimeLength.milliseconds(text) else {
            throw ValidationError(say("\(text): expected a length of time such as 60s or 5m."))
        }
        return length / 1000
    }
}
