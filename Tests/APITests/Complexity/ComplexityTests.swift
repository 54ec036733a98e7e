// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import API
import Dialects
import Domain
import Pipeline
import Store
import Testing

/// Ten times the input costs at most fifteen times as much, whatever it holds: each reader of text from outside with the texts that cost
/// most. Serialized, so that the tests do not take one another's caches away.
@Suite(.serialized)
struct ComplexityTests {
    /// Combining marks in descending order: what Swift puts in order first, at quadratic cost, when it compares or hashes a string.
    static func marks(_ count: Int) -> String {
        String(String.UnicodeScalarView((0..<count).map { $0.isMultiple(of: 2) ? "\u{0301}" : "\u{0323}" }))
    }

    /// Twelve letters and as many marks as fit the bound on names, different for each number.
    static func name(_ number: Int) -> String { "k\(number)" + marks(110) }

    static let texts: [(String, @Sendable (Int) -> String)] = [
        ("two names of marks", { #"{"\#(marks($0))":1,"\#(marks($0))\u0301":2}"# }),
        ("many members", { count in "{" + (0..<count / 8).map { #""k\#($0)":1"# }.joined(separator: ",") + "}" }),
        (
            "many names of marks",
            { count in "{" + (0..<count / 200).map { #""\#(name($0))":1"# }.joined(separator: ",") + "}" }
        ),
        ("a long string of escapes", { #""\#(String(repeating: #"\ud83c"#, count: $0 / 6))""# }),
        ("a long string of marks", { #""\#(marks($0 / 2))""# }),
        ("a long number", { "1" + String(repeating: "0", count: $0) + "e-\($0)" }),
        ("many arrays", { "[" + String(repeating: "[],", count: $0 / 3) + "[]]" }),
        ("white space", { String(repeating: " ", count: $0) + "1" }),
        ("an unclosed string", { "\"" + String(repeating: "a", count: $0) }),
    ]

    @Test(arguments: texts.map(\.0))
    func `JSON is read in linear time`(what: String) {
        let text = Self.texts.first { $0.0 == what }!.1
        let ratio = Cost.ratio(Array(text(20_000).utf8), Array(text(200_000).utf8)) { bytes in
            if let value = try? JSONParser.parse(bytes, nameBytesMax: .max) { _ = (value.int64, value["x"]) }
        }
        #expect(ratio <= 15)
    }

    static let events: [(String, @Sendable (Int) -> String)] = [
        ("recipients", { count in timeline((0..<count).map { #""user-\#($0)""# }) }),
        ("recipients of marks", { count in timeline((0..<count / 10).map { #""\#($0)\#(marks(50))""# }) }),
        ("a title of marks", { count in timeline([#""u1""#], title: marks(count * 5)) }),
        ("a title of tags", { count in timeline([#""u1""#], title: String(repeating: "<a ", count: count * 3)) }),
        ("a title of quotes", { count in timeline([#""u1""#], title: String(repeating: "<a '", count: count * 3)) }),
        ("a title of comments", { count in timeline([#""u1""#], title: String(repeating: "<!--", count: count * 3)) }),
        ("a title of scripts", { count in timeline([#""u1""#], title: String(repeating: "<script></", count: count)) }),
        ("a title of references", { count in timeline([#""u1""#], title: String(repeating: "&am", count: count * 3)) }),
        (
            "parameters",
            { count in timeline([#""u1""#], params: (0..<count).map { #""k\#($0)":1.0"# }.joined(separator: ",")) }
        ),
        (
            "mistakes",
            { count in timeline((0..<count).map { _ in "1" }) }
        ),
    ]

    private static func timeline(_ ids: [String], title: String = "t", params: String = "") -> String {
        """
        {"action":"add","type":"BLOG","event-type":"PUBLISH-POST","recipientsIds":[\(ids.joined(separator: ","))],
         "params":{\(params)},"pushNotif":{"title":"\(title)","body":"b"}}
        """
    }

    @Test(arguments: events.map(\.0))
    func `a message is read in linear time`(what: String) {
        let text = Self.events.first { $0.0 == what }!.1
        let parser = EventParser(limits: Self.wide)
        let ratio = Cost.ratio(Array(text(1500).utf8), Array(text(15_000).utf8)) { body in
            _ = try? parser.parse(.dialect, header: { _ in nil }, body: body, receivedAt: Instant(seconds: 0))
        }
        #expect(ratio <= 15)
    }

    @Test(arguments: ["class", "user"])
    func `an audience is read in linear time`(kind: String) {
        func event(_ count: Int) -> [UInt8] {
            let audience = (0..<count).map { #"{"\#(kind)":"\#($0)\#(Self.marks(20))"}"# }.joined(separator: ",")
            return Array(
                """
                {"specversion":"1.0","id":"1","source":"s","type":"fr.ent.publication","data":{"app":"A","action":"B",
                "school":"0420001A","audience":[\(audience)]}}
                """.utf8
            )
        }
        let parser = EventParser(limits: Self.wide)
        let ratio = Cost.ratio(event(1500), event(15_000)) { body in
            _ = try! parser.parse(.structured, header: { _ in nil }, body: body, receivedAt: Instant(seconds: 0))
        }
        #expect(ratio <= 15)
    }

    @Test func `a batch is read in linear time`() {
        let event = #"{"specversion":"1.0","id":"\#(Self.marks(100))"}"#
        func batch(_ count: Int) -> [UInt8] {
            Array(("[" + Array(repeating: event, count: count).joined(separator: ",") + "]").utf8)
        }
        let parser = EventParser(limits: Self.wide)
        let ratio = Cost.ratio(batch(200), batch(2000)) { body in
            _ = try! parser.parse(.batched, header: { _ in nil }, body: body, receivedAt: Instant(seconds: 0))
        }
        #expect(ratio <= 15)
    }

    @Test func `unknown recipients are looked up in linear time`() async throws {
        try await Gateway.run { gateway, _ async throws in
            let ratio = try await gateway.services.registryReader.read { reader in
                func members(_ count: Int) -> [AudienceMember] { (0..<count).map { .user("user-\($0)") } }
                return try Cost.ratio(members(2000), members(20_000)) { members in
                    let audience = try reader.audienceReading(
                        of: members,
                        on: { _ in CalendarDay(year: 2026, month: 11, day: 28)! },
                        author: nil
                    )
                    precondition(audience.unknownUsers.count == members.count)
                }
            }
            #expect(ratio <= 15)
        }
    }

    private static let wide: Limits = {
        var limits = Limits()
        limits.eventBytesMax = 16 << 20
        limits.batchBytesMax = 16 << 20
        limits.batchEventsMax = 100_000
        limits.recipientsMax = 100_000
        return limits
    }()
}
