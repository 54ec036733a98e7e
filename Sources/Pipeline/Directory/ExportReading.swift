import DirectoryImport
import Dispatch
import Domain
import Store
import Synchronization

/// Reads an export of any format as a list of changes. Blocking; one record at a time in memory.
struct ExportReading: Sendable {
    let request: DirectoryImporter.Request
    let feeds: FeedRules
    let workFolder: String
    let limits: Limits
    let meter: ImportMeter
    /// Of ONDE CSV, which is read before it is staged.
    var linked: ONDERecords?

    init(
        request: DirectoryImporter.Request,
        feeds: FeedRules,
        workFolder: String,
        limits: Limits,
        meter: ImportMeter = ImportMeter()
    ) {
        self.meter = meter
        self.request = request
        self.feeds = feeds
        self.workFolder = workFolder
        self.limits = limits
    }

    struct Summary: Sendable {
        var warnings: ImportWarnings
        /// The day the export was made, by its own word.
        var day: CalendarDay?
    }

    func read(into sink: (DirectoryChange) throws -> Void) throws -> Summary {
        switch request.format {
        case .aaf1d: try readAAF(into: sink)
        case .ndjson: try readLines(into: sink)
        case .ondeCSV: try giveONDE(into: sink)
        // Wishes are no part of the directory; they are read by `DirectoryImporter.preferences`.
        case .preferences: Summary(warnings: ImportWarnings(limit: 0))
        }
    }

    private func readAAF(into sink: (DirectoryChange) throws -> Void) throws -> Summary {
        let reader = AAFReader(mode: request.mode == .complete ? .complete : .delta, limits: limits)
        let summary = try unpacked { paths in
            let export = try AAFExport(paths: paths)
            meter.has(bytes: ReadingMeter.bytes(ofFiles: export.files.map(\.path)))
            return try reader.read(export) { try sink(DirectoryChange($0)) }
        }
        return Summary(warnings: summary.warnings, day: summary.generatedOn)
    }

    private func readLines(into sink: (DirectoryChange) throws -> Void) throws -> Summary {
        var warnings = ImportWarnings(limit: limits.importWarningsMax)
        try unpacked { paths in
            let export = try NDJSONExport(paths: paths)
            for warning in export.warnings { warnings.add(warning) }
            meter.has(bytes: ReadingMeter.bytes(ofFiles: export.files.map(\.path)))
            for file in export.files {
                _ = try UserNDJSONReader(file: file.name, limits: limits).read(path: file.path) { line in
                    if case .user(let user) = line.item, let feed = user.feed,
                        !feeds.allows(feed, of: request.publisher)
                    {
                        let detail =
                            "The feed \(feed.showingInvisible) is not one of this export's; the line was left out."
                        warnings.add(
                            .init(
                                file: file.name,
                                line: line.line,
                                record: user.id,
                                code: "unknownFeed",
                                detail: detail
                            )
                        )
                        return
                    }
                    try sink(DirectoryChange(line, file: file.name))
                }
            }
        }
        return Summary(warnings: warnings, day: nil)
    }

    /// What the three extractions of ONDE say, before it is linked to what the directory knows.
    func contentsOfONDE() throws -> ONDEContents {
        try unpacked { try ONDEReader(limits: limits).read(try ONDEExport(paths: $0)) }
    }

    private func giveONDE(into sink: (DirectoryChange) throws -> Void) throws -> Summary {
        guard let linked else { preconditionFailure("ONDE CSV is linked before it is staged") }
        for placed in linked.records {
            try sink(DirectoryChange(.put(placed.record), file: placed.file, line: placed.line))
        }
        return Summary(warnings: linked.warnings, day: nil)
    }

    private func unpacked<T>(_ body: ([String]) throws -> T) throws -> T {
        try ExportArchive.withFiles(of: request.paths, under: workFolder, body)
    }
}

/// Hands an export over batch by batch, from the thread that reads to whoever stages: at most ``batchesMax`` wait, so that an export of
/// any size takes the same memory.
final class ChangeBatches: Sendable {
    static let changesPerBatch = 1000
    private static let batchesMax = 4

    /// Ends when ``finish()`` was called.
    let batches: AsyncStream<[DirectoryChange]>
    private let continuation: AsyncStream<[DirectoryChange]>.Continuation
    private let room = DispatchSemaphore(value: ChangeBatches.batchesMax)
    private let isGivenUp = Atomic(false)

    struct GivenUpError: Error {}

    init() { (batches, continuation) = AsyncStream.makeStream(of: [DirectoryChange].self) }

    /// From the reading thread; waits for room. Throws when nobody takes batches any more.
    func send(_ batch: [DirectoryChange]) throws {
        room.wait()
        guard !isGivenUp.load(ordering: .acquiring) else { throw GivenUpError() }
        continuation.yield(batch)
    }

    func finish() { continuation.finish() }

    /// The batch is staged.
    func taken() { room.signal() }

    /// Nothing more is taken; the reading ends with its next batch.
    func giveUp() {
        isGivenUp.store(true, ordering: .releasing)
        room.signal()
    }
}

/// The thread that reads exports.
actor ExportThread {
    private let executor = ThreadExecutor("export-reader")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func contents(of reading: ExportReading) throws -> ONDEContents { try reading.contentsOfONDE() }

    func read(_ reading: ExportReading, into batches: ChangeBatches) throws -> ExportReading.Summary {
        defer { batches.finish() }
        var batch: [DirectoryChange] = []
        batch.reserveCapacity(ChangeBatches.changesPerBatch)
        func send() throws {
            reading.meter.read(batch.count)
            try batches.send(batch)
            batch.removeAll(keepingCapacity: true)
        }
        let summary = try ReadingMeter.$current.withValue(reading.meter.reading) {
            try reading.read { change in
                batch.append(change)
                if batch.count >= ChangeBatches.changesPerBatch { try send() }
            }
        }
        if !batch.isEmpty { try send() }
        return summary
    }
}
