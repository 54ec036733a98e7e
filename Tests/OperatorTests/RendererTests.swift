import Domain
import Testing

@testable import Operator

@Suite struct RendererTests {
    @Test func `columns are aligned by what a terminal shows`() {
        let table = TextTable(
            titles: ["NAME", "N"],
            areNumbers: [false, true],
            rows: [["école", "5"], ["学校", "12"], ["e\u{301}", "100"]]
        )
        #expect(table.lines(columns: nil) == ["NAME     N", "école    5", "学校    12", "e\u{301}      100"])
    }

    @Test(
        arguments: [
            ("état", "  état      |"), ("状態", "  状態      |"), ("e\u{301}tat", "  e\u{301}tat      |"),
            ("quatre chats", "  quatre chats |"),
        ]
    )
    func `what stands behind a label begins in one column`(label: String, line: String) {
        #expect(QueueShow.padded(label) + "|" == line)
    }

    @Test func `a line is cut at the terminal's edge, a wide character never in half`() {
        let table = TextTable(titles: ["A"], areNumbers: [false], rows: [["学校学校"]])
        #expect(table.lines(columns: 6) == ["A", "学校…"])
        #expect(table.lines(columns: 8) == ["A", "学校学校"])
    }

    @Test func `control characters from outside do not reach the terminal`() {
        let table = TextTable(titles: ["A"], areNumbers: [false], rows: [["x\u{1B}[2Jy\u{9B}\u{202E}\n"]])
        #expect(table.lines(columns: nil)[1] == "x·[2Jy···")
    }

    @Test func `a table that is too wide loses columns before its lines are cut`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        func titles(_ columns: Int) async -> String {
            let lines = await fixture.run(["queue", "list", "--no-color"], columns: columns).output.split(
                separator: "\n"
            )
            return String(lines.count > 1 ? lines[1] : "")
        }
        #expect(await titles(200).hasSuffix("SCHOOL"))
        let narrow = await titles(90)
        #expect(narrow.contains("TRIES") && !narrow.contains("SCHOOL") && !narrow.contains("…"))
        #expect(await titles(40).count <= 40)
    }

    @Test func `a sentence is wrapped at blanks`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let ran = await fixture.run(["queue", "why", fixture.event.description], columns: 40)
        #expect(ran.output.split(separator: "\n").dropFirst().allSatisfy { $0.count <= 40 && !$0.contains("…") })
    }

    @Test func `a table has scope, time and source, then the rows`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let event = fixture.event.description
        let blanks = String(repeating: " ", count: event.count - 5)

        let ran = await fixture.run(["event", "list"], columns: 118, environment: ["NO_COLOR": "1"])
        #expect(
            ran.output == """
                events · 2026-09-21T14:13:20Z · store
                EVENT\(blanks)  STATE    ACCEPTED  PUBLISHER  SCHOOL    APP   ACTION        URGENCY  EXPIRES
                \(event)  sending  0 s ago   one        0429901A  BLOG  PUBLISH-POST  normal   in 60 min
                1 in all

                """
        )
        let narrow = await fixture.run(["event", "list", "--no-color"], columns: 30)
        #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 30 })
    }

    @Test func `colour is for terminals that want it`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        #expect(await fixture.run(["event", "list"], columns: 120).output.contains("\u{1B}["))
        #expect(await fixture.run(["event", "list", "--no-color"], columns: 120).output.contains("\u{1B}[") == false)
        let asked = await fixture.run(["event", "list"], columns: 120, environment: ["NO_COLOR": "1"])
        #expect(asked.output.contains("\u{1B}[") == false)
    }
}
