import Domain
import Testing

@testable import Operator

/// Lengths of time on the command line, and what is refused with which sentence.
@Suite(.timeLimit(.minutes(1)))
struct TimeLengthArgumentTests {
    @Test(
        arguments: [
            (["event", "list"], "since", "24h or 7d"), (["user", "trace", "x"], "since", "24h or 7d"),
            (["publisher", "rotate", "one"], "overlap", "24h or 7d"), (["queue", "tail"], "for", "10m"),
            (["queue", "tail"], "since", "10m"),
            (["retry-rules", "test", "--provider", "fcm", "--http", "503"], "ttl", "24h"),
        ] as [([String], String, String)]
    )
    func `what is no length of time is wrong usage`(command: [String], option: String, example: String) async throws {
        let fixture = try OperatorFixture()
        for text in ["", "7", "1m2h", "3651d"] {
            let ran = await fixture.run(command + ["--\(option)", text])
            let sentence = "--\(option) \(text): expected a length of time such as \(example)."
            #expect(ran.code == 2 && ran.output.isEmpty)
            #expect(ran.talk.hasPrefix("Error: \(sentence)\nUsage: carillon \(command[0]) "), "\(ran)")
        }
    }

    @Test(arguments: ["0s", "3601s", "1d", "soon"])
    func `a screen is drawn at most each second and at least each hour`(text: String) async throws {
        let fixture = try OperatorFixture()
        for command in ["tail", "top"] {
            let ran = await fixture.run("queue", command, "--interval", text)
            #expect(ran.code == 2)
            #expect(ran.talk.contains("--interval \(text): expected a length of time from 1s to 1h."), "\(ran)")
        }
    }

    @Test(
        arguments: [
            ("1s", .seconds(1)), ("1h30m", .seconds(5400)), ("7d", .seconds(604_800)), ("none", .zero),
        ] as [(String, Duration)]
    )
    func `it is read once`(text: String, length: Duration) {
        #expect(TimeLengthArgument(argument: text).duration == length)
        #expect(TimeLengthArgument(argument: text).defaultValueDescription == text)
    }
}
