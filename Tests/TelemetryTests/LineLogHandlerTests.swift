import FoundationEssentials
import Logging
import Synchronization
import Telemetry
import Testing

struct LineLogHandlerTests {
    private final class Lines: Sendable {
        private let bytes = Mutex<[[UInt8]]>([])

        func append(_ line: [UInt8]) { bytes.withLock { $0.append(line) } }

        var all: [String] { bytes.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
    }

    private struct Entry: Decodable {
        let ts: String
        let level: String
        let logger: String
        let message: String
        let metadata: [String: String]?
    }

    private let lines = Lines()

    @Test func `an entry is one JSON object on one line, metadata sorted`() {
        logger(.json).warning("lane closed", metadata: ["until": "12", "lane": "fcm/one", "list": ["a", "b"]])
        #expect(
            lines.all == [
                #"{"ts":"2026-09-14T14:31:00.042Z","level":"warning","logger":"pipeline","message":"lane closed","#
                    + #""metadata":{"lane":"fcm/one","list":["a","b"],"until":"12"}}"# + "\n"
            ]
        )
    }

    @Test(arguments: ["a\"b\\c", "two\nlines\r\n", "\u{0}\u{1F}\t\u{7F}", "é👪\u{2028}", ""])
    func `whatever the text, the line is one and reads back`(text: String) throws {
        logger(.json).info("\(text)", metadata: ["k": "\(text)"])
        let line = try #require(lines.all.first)
        #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
        let entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8))
        #expect(entry.message == text)
        #expect(entry.metadata == ["k": text])
    }

    @Test func `the text form quotes what would be misread`() {
        logger(.text).info("accepted", metadata: ["event": "E-1", "why": "two words", "none": ""])
        logger(.text).info("a\nforged line")
        #expect(
            lines.all == [
                #"2026-09-14T14:31:00.042Z info pipeline accepted event=E-1 none="" why="two words""# + "\n",
                #"2026-09-14T14:31:00.042Z info pipeline "a\nforged line""# + "\n",
            ]
        )
    }

    @Test func `metadata of the entry wins over that of the logger`() {
        var logger = logger(.text)
        logger[metadataKey: "lane"] = "apns"
        logger[metadataKey: "epoch"] = "4"
        logger.info("x", metadata: ["lane": "fcm"])
        #expect(lines.all == ["2026-09-14T14:31:00.042Z info pipeline x epoch=4 lane=fcm\n"])
    }

    @Test func `entries below the level are not written`() {
        logger(.json).debug("quiet")
        #expect(lines.all.isEmpty)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (1_735_689_599_001, "2024-12-31T23:59:59.001Z"),
    ])
    func `the time of an entry is UTC to the millisecond`(milliseconds: Int64, text: String) {
        logger(.text, now: milliseconds).info("x")
        #expect(lines.all == ["\(text) info pipeline x\n"])
    }

    private func logger(_ format: LogFormat, now: Int64 = 1_789_396_260_042) -> Logger {
        let lines = lines
        return Logger(label: "pipeline") { label in
            LineLogHandler(label: label, format: format, now: { now }, sink: { lines.append($0) })
        }
    }
}
