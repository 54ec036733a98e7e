import DirectoryImport
import Domain
import FoundationEssentials
import Testing

@testable import Pipeline

/// How far an import has come, as whoever waits is told.
struct ImportMeterTests {
    @Test func `bytes and records are counted while a delivery is read, and forgotten with its end`() throws {
        let folder = try TemporaryFolder()
        let line = #"{"op":"upsert","kind":"pupil","id":"p1","lastName":"L","firstName":"F"}"# + "\n"
        let path = folder.path + "/pupils.ndjson"
        try Data(String(repeating: line, count: 2500).utf8).write(to: URL(filePath: path))
        let meter = ImportMeter()
        #expect(meter.progress == nil)
        meter.begin()
        let reading = ExportReading(
            request: .init(paths: [path], format: .ndjson, mode: .delta, isDryRun: false, isYearChange: false),
            feeds: FeedRules(),
            workFolder: folder.path,
            limits: Limits(),
            meter: meter
        )
        var seen = 0
        let half = line.utf8.count * 1250
        _ = try ReadingMeter.$current.withValue(meter.reading) {
            try reading.read { _ in
                seen += 1
                // Not all at once: a piece of the file at a time.
                if seen == 1 { #expect(meter.progress.map { $0.bytes > 0 && $0.bytes < half * 2 } == true) }
            }
        }
        meter.read(seen)
        meter.staged(1000)
        let all = line.utf8.count * 2500
        #expect(meter.progress == .init(step: .reading, bytes: all, bytesTotal: all, read: 2500, staged: 1000))
        meter.applies()
        #expect(meter.progress?.step == .applying)
        meter.end()
        #expect(meter.progress == nil)
    }
}
