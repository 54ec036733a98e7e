import Domain
import Operator
import Testing

/// What outsiders write must neither steer a terminal nor a spreadsheet nor the reader's eye.
@Suite(.timeLimit(.minutes(1)))
struct OutputSafetyTests {
    /// A name with an order to the terminal, C1's form of it, an override and a line separator.
    static let hostile = "a\u{1B}[2J\u{9B}31m\u{202E}txt\u{2066}\u{200F}\u{61C}\u{2028}"

    @Test(arguments: ["json", "ndjson", "csv", "ids", "table"])
    func `no output form shows a hidden scalar`(format: String) async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let socket = fixture.folder + "/admin.sock"
        let object = JSONObject([
            "installation": .string(Self.hostile), "outcome": "accepted", "reason": .string(Self.hostile),
        ])
        let answer = String(decoding: JSONWriter.bytes(.object(object)), as: UTF8.self)
        let service = try FakeService(path: socket, answers: ["POST /admin/devices/x/test": (200, answer)])
        defer { service.stop() }

        let ran = await fixture.run("device", "test", "x", "-o", format)

        #expect(ran.code == 0)
        #expect(!ran.output.unicodeScalars.contains { $0.isHidden && $0 != "\n" }, "\(ran.output.debugDescription)")
        if format == "json" { #expect(try ran.json["reason"] == .string(Self.hostile), "it is still the same JSON") }
    }

    static let cells: [(String, String)] = [
        ("=1+1", "'=1+1"), ("+33 6", "'+33 6"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3|cmd", "'-2+3|cmd"), ("  =1", "'  =1"),
        ("\t=1", "'\t=1"), ("＝1", "'＝1"), ("-12.5", "-12.5"), ("-", "-"), ("a=b", "a=b"), ("x,y", "\"x,y\""),
        ("say \"x\"", "\"say \"\"x\"\"\""),
        ("\u{9B}x", "\\u009bx"),
    ]

    @Test(arguments: cells)
    func `a cell of a CSV is text`(text: String, expected: String) async throws {
        let fixture = try OperatorFixture()
        let object = JSONObject(["installation": .string(text), "outcome": "accepted"])
        let answer = String(decoding: JSONWriter.bytes(.object(object)), as: UTF8.self)
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: ["POST /admin/devices/x/test": (200, answer)]
        )
        defer { service.stop() }

        let plain = await fixture.run("device", "test", "x", "-o", "csv")
        let excel = await fixture.run("device", "test", "x", "-o", "csv", "--excel")

        #expect(plain.output == "installation,outcome\n\(expected),accepted\n")
        #expect(excel.output.unicodeScalars.first == "\u{FEFF}")
        #expect(excel.output.contains("installation;outcome\n"))
        #expect(!excel.output.contains(",accepted"))
    }

    @Test func `--excel goes with a CSV only`() async throws {
        let fixture = try OperatorFixture()
        #expect(await fixture.run("config", "show", "--excel").code == 2)
    }
}
