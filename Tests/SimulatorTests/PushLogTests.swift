import Glibc
import Simulator
import TestSupport
import Testing

struct PushLogTests {
    private func record(_ token: String, _ outcome: Record.Outcome = .accepted) -> Record {
        Record(.apns, outcome, status: 200, token: token, connection: 1)
    }

    private func sequences(_ bytes: [UInt8]) throws -> [Int64] {
        try bytes.split(separator: UInt8(ascii: "\n")).map { try #require(try JSON(parsing: $0)["seq"]?.integer) }
    }

    @Test func `the oldest lines go and the rest keeps its numbers`() throws {
        let log = PushLog(linesMax: 3)
        for index in 1...20 {
            log.append(record("t\(index)"), at: 0)
            #expect(try sequences(log.lines(since: 0)) == Array(Int64(max(1, index - 2))...Int64(index)))
        }
        #expect(try sequences(log.lines(since: 19)) == [20])
        #expect(log.lines(since: 20).isEmpty)
        #expect(try sequences(log.lines(since: 17, max: 1)) == [18])
    }

    @Test func `clearing forgets lines and counts and goes on numbering`() throws {
        let log = PushLog()
        log.append(record("a"), at: 0)
        log.clear()
        log.append(record("b", .refused), at: 0)
        #expect(try sequences(log.lines(since: 0)) == [2])
        #expect(log.counts.providers[.apns]?.accepted == nil || log.counts.providers[.apns]?.accepted == 0)
        #expect(log.counts.providers[.apns]?.refused == 1)
    }

    @Test func `what is flushed is in the file, appended to what was there`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.ndjson"
        for token in ["a", "b"] {
            let log = PushLog(file: try AppendFile(path: path))
            log.append(record(token), at: 7)
            log.flush()
        }
        let lines = try Files.read(path).split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) }
        #expect(lines.map { $0["token"] } == ["a", "b"])
        #expect(lines.map { $0["at"] } == [7, 7])
    }

    @Test func `every outcome has its count`() {
        let log = PushLog()
        for outcome in [Record.Outcome.accepted, .accepted, .refused, .scripted, .silent] {
            log.append(record("t", outcome), at: 0)
        }
        let counts = log.counts.providers[.apns]
        #expect(counts?.accepted == 2)
        #expect(counts?.tokens == ["t"])
        #expect(counts?.refused == 1)
        #expect(counts?.scripted == 1)
        #expect(counts?.silent == 1)
    }
}
