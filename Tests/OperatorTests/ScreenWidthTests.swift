import Domain
import Providers
import Store
import Testing

@testable import Operator

/// Narrow terminals, pipes, spreadsheets and old locales.
@Suite(.timeLimit(.minutes(1)))
struct ScreenWidthTests {
    let fixture: OperatorFixture
    private static let reason = "503 the provider has said not now, with a reason that is rather long"

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
        try await fixture.queue { queue in
            let lane = try await queue.lane(named: "fcm/onepocket", provider: .fcm, now: OperatorFixture.now)
            queue.note(
                condition: "credentialFault",
                reason: Self.reason,
                since: OperatorFixture.now + .seconds(-1080),
                virtualTime: 0,
                of: lane.id
            )
        }
    }

    @Test func `at 80 columns a lane keeps state, since, oldest and reason`() async {
        let ran = await fixture.run(["lane", "list"], columns: 80)
        let lines = ran.output.split(separator: "\n").map { DisplayWidth.plain(String($0)) }
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(ran.output)")
        for title in ["STATE", "SINCE", "OLDEST", "REASON"] { #expect(lines[1].contains(title), "\(lines)") }
        #expect(!lines[1].contains("WINDOW") && lines[2].contains("credentialFault  18 min") && lines[2].hasSuffix("…"))
        #expect(await fixture.run(["lane", "list"], columns: 300).output.contains("WINDOW"))
    }

    @Test func `a row that is cut keeps its colours and ends them`() async {
        let ran = await fixture.run(["lane", "list"], columns: 60)
        let row = ran.output.split(separator: "\n").first { $0.contains("credentialFault") }
        #expect(
            row?.contains("\u{1B}[31mcredentialFault") == true && row?.contains("\u{1B}[0m") == true,
            "\(ran.output)"
        )
        #expect(DisplayWidth.cut("a\u{1B}[31mbcdef\u{1B}[0mg", to: 4) == "a\u{1B}[31mbc…\u{1B}[0m")
        #expect(DisplayWidth.cut("a\u{1B}[31mbc\u{1B}[0mdefg", to: 5) == "a\u{1B}[31mbc\u{1B}[0md…")
        #expect(DisplayWidth.cut("a\u{1B}[31mb\u{1B}[0m", to: 2) == "a\u{1B}[31mb\u{1B}[0m")
    }

    @Test func `a pipe gets rows and no title`() async {
        let piped = await fixture.run("lane", "list").output.split(separator: "\n")
        #expect(piped.count == 2 && piped[0].hasPrefix("LANE "), "\(piped)")
        let more = await fixture.run("queue", "list", "--state", "accepted,deferred", "--limit", "1")
        #expect(more.output.split(separator: "\n").count == 2 && more.talk.contains("--after"), "\(more)")
    }

    @Test func `what should have come by now comes now`() {
        let now = OperatorFixture.now
        #expect(RelativeTime.until(now, now: now) == "now" && RelativeTime.until(now + .seconds(-5), now: now) == "now")
        #expect(RelativeTime.until(now + .seconds(5), now: now) == "in 5 s")
    }

    @Test(arguments: [
        ["event", "show"], ["event", "trace"], ["event", "reach"], ["queue", "why"], ["queue", "status"],
        ["user", "trace"],
    ])
    func `a spreadsheet gets no JSON in a cell`(command: [String]) async {
        let subject = command[0] == "user" ? ["guardian-1"] : command[1] == "status" ? [] : [fixture.event.description]
        let ran = await fixture.run(command + subject + ["-o", "csv"])
        #expect(
            ran.code == 0 && !ran.output.contains("{") && !ran.output.contains("[") && !ran.output.isEmpty,
            "\(ran)"
        )
    }

    @Test(arguments: ["C", "POSIX", "fr_FR.ISO-8859-1"])
    func `a locale of ASCII gets ASCII`(locale: String) async {
        for arguments in [
            ["lane", "list"], ["event", "show", fixture.event.description], ["queue", "list", "--where", "x"],
        ] {
            let ran = await fixture.run(arguments, columns: 60, environment: ["LC_ALL": locale, "LANG": "fr_FR.UTF-8"])
            #expect((ran.output + ran.talk).utf8.allSatisfy { $0 < 0x80 }, "\(ran)")
            #expect(
                ran.output.split(separator: "\n").allSatisfy { DisplayWidth.plain(String($0)).count <= 60 },
                "\(ran)"
            )
        }
        let json = await fixture.run(["event", "list", "-o", "json"], environment: ["LC_ALL": locale])
        #expect(json.code == 0)
        #expect(
            await fixture.run(["event", "list"], columns: 60, environment: ["LC_ALL": "C.UTF-8"]).output.contains("·")
        )
    }

    @Test(arguments: [("École d'été…\n", "Ecole d'ete~\n"), ("D-…, a", "D-..., a"), ("≤5 · œ", "<=5 - oe"), ("学", "?")])
    func `signs have a likeness`(text: String, plain: String) {
        #expect(PlainASCII.text(text) == plain)
    }

    @Test func `a long id is shown by its beginning when room is short`() async {
        let items = ["0a1b2c3d-aaaa-bbbb-cccc-000000000001", "0a1b2c3d-aaaa-bbbb-dddd-000000000002"]
        let listing = Listing(
            id: "id",
            scope: "test",
            source: "store",
            columns: [.longID("ID", "id"), .text("WHAT", "what")],
            items: items.map { JSONObject(["id": .string($0), "what": "something that is shown whole"]) }
        )
        let context = OperatorContext(
            environment: [:],
            time: TimeSource(now: { OperatorFixture.now }, monotonic: { 0 }),
            actor: "",
            columns: 60,
            output: { _ in },
            talk: { _ in }
        )
        let text = Renderer(format: .table, isColored: false, context: context).table(listing)
        #expect(text.contains("0a1b2c3d-aaaa-bbbb-c…  something that is shown whole"), "\(text)")
    }
}
