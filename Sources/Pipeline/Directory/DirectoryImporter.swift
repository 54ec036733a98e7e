import Delivery
import DirectoryImport
package import Domain
import Glibc
package import Store

/// Imports an export: reads it in streams, puts it on the stage, and lets the registry compare it and apply the difference in one transaction.
/// One import at a time; a file that cannot be read to its end changes nothing.
package actor DirectoryImporter {
    package struct Request: Sendable {
        package var paths: [String]
        package var format: Format
        package var mode: Mode
        package var isDryRun: Bool
        package var isYearChange: Bool
        /// UAI of the one school whose export it is: of ONDE CSV, which names none.
        package var school: String?
        /// Who imports, for the audit log.
        package var actor: String
        /// The export's name as its sender knows it.
        package var source: String
        /// The source it speaks for.
        package var feed: String
        /// Whose rights bind; nil: the operator's.
        package var publisher: String?

        package init(
            paths: [String],
            format: Format,
            mode: Mode,
            isDryRun: Bool,
            isYearChange: Bool,
            actor: String = "",
            source: String = "",
            feed: String = ImportOrigin.mainFeed,
            publisher: String? = nil
        ) {
            self.paths = paths
            self.format = format
            self.mode = mode
            self.isDryRun = isDryRun
            self.isYearChange = isYearChange
            self.actor = actor
            self.source = source
            self.feed = feed
            self.publisher = publisher
        }

        var origin: ImportOrigin {
            ImportOrigin(
                format: format.rawValue,
                mode: mode.rawValue,
                actor: actor,
                source: source,
                feed: feed,
                school: school
            )
        }

        var scope: ImportScope { mode == .complete ? .feed : .changes }
    }

    private let registry: Registry
    private let log: ImportLog?
    private let held: HeldExports?
    private let workFolder: String
    private let limits: Limits
    private let time: TimeSource
    private let feeds: FeedRules
    private let onEnd: @Sendable (_ feed: String, _ format: String, _ state: String) -> Void
    private let executor = ThreadExecutor("importer")
    private let thread = ExportThread()
    private let meter = ImportMeter()
    private var isBusy = false

    /// Copying held exports blocks, so the importer has a thread of its own; reading has another.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - registry: what is changed.
    ///   - queue: holds the sealed log; nil: nothing is logged.
    ///   - workFolder: where an archive is unpacked; private to this process.
    ///   - heldFolder: where held exports wait; nil: they are not kept.
    ///   - feeds: who may deliver which.
    ///   - limits: bounds of an export.
    ///   - time: the clocks.
    ///   - onEnd: told how each export ended.
    package init(
        registry: Registry,
        queue: QueueStore? = nil,
        workFolder: String,
        heldFolder: String? = nil,
        feeds: FeedRules = FeedRules(),
        limits: Limits,
        time: TimeSource,
        onEnd: @escaping @Sendable (_ feed: String, _ format: String, _ state: String) -> Void = { _, _, _ in }
    ) {
        self.onEnd = onEnd
        self.registry = registry
        log = queue.map { ImportLog(queue: $0) }
        held = heldFolder.map { HeldExports(folder: $0, bytesMax: limits.importBytesMax) }
        self.workFolder = workFolder
        self.feeds = feeds
        self.limits = limits
        self.time = time
    }

    /// How far the import under way has come; nil when there is none. From any thread.
    package nonisolated var progress: ImportProgress? { meter.progress }

    private func begin() {
        isBusy = true
        meter.begin()
    }

    private func end() {
        isBusy = false
        meter.end()
    }

    /// Whether this may be imported at all; before an export is received.
    package nonisolated func check(_ request: Request) throws(ImportRefusal) {
        try feeds.check(request.feed, of: request.publisher)
    }

    /// A report also for an export that failed (`state: failed`, with file and line) or was held.
    package func run(_ request: Request) async throws(ImportRefusal) -> ImportReport {
        try check(request)
        guard !isBusy else { throw .busy }
        begin()
        defer { end() }
        var report: ImportReport
        do throws(ImportRefusal) {
            report =
                request.format == .preferences
                ? try await importPreferences(request) : try await importExport(request)
        } catch {
            onEnd(request.feed, request.format.rawValue, "failed")
            throw error
        }
        onEnd(request.feed, request.format.rawValue, "\(report.state)")
        if report.state == .held { report.isKept = try await keep(request, report.id) }
        do throws(StoreError) {
            try await log?.keep(report, format: request.format.rawValue, request.origin, now: time.now())
        } catch { throw .unavailable(error) }
        return report
    }

    /// Lets a held import through: reads its export again, compares it with the directory of the moment and applies it when the difference
    /// is the one that was held, or `isConfirmed`.
    ///
    /// - Returns: `applied`, or `held` with the new difference when that has changed.
    package func approve(_ approval: ImportApproval, why: String) async throws(ImportRefusal) -> ImportReport {
        guard !isBusy else { throw .busy }
        begin()
        defer { end() }
        let stored: StoredImport?
        do throws(StoreError) { stored = try await registry.storedImport(approval.id) } catch {
            throw .unavailable(error)
        }
        guard let stored else { throw .unknownImport }
        guard stored.state == "held" else { throw .notHeld(stored.state) }
        guard let held, let name = stored.kept, access(held.path(of: name), R_OK) == 0 else { throw .notKept }
        guard let format = Format(rawValue: stored.format), let mode = Mode(rawValue: stored.origin.mode) else {
            throw .unavailable(.damaged("import \(approval.id)"))
        }
        var request = Request(
            paths: [held.path(of: name)],
            format: format,
            mode: mode,
            isDryRun: false,
            isYearChange: false,
            actor: approval.actor,
            source: stored.origin.source,
            feed: stored.feed
        )
        request.school = stored.report["school"]?.string
        let report = try await importExport(request, approval)
        onEnd(request.feed, request.format.rawValue, "\(report.state)")
        guard report.state == .applied else { return report }
        held.remove([name])
        do throws(StoreError) {
            try await log?.keep(
                report,
                format: stored.format,
                request.origin,
                verb: "directory.approve",
                why: why,
                now: time.now()
            )
        } catch { throw .unavailable(error) }
        return report
    }

    /// False: the export is too large or the disk too full; the import is held all the same and has to be sent again.
    private func keep(_ request: Request, _ id: ImportID) async throws(ImportRefusal) -> Bool {
        guard let held else { return false }
        let name: String
        do { name = try held.keep(request.paths, as: id.description) } catch { return false }
        do throws(StoreError) {
            held.remove(try await registry.nameKept(name, of: id, now: time.now()))
        } catch {
            held.remove([name])
            throw .unavailable(error)
        }
        return true
    }

    private func importPreferences(_ request: Request) async throws(ImportRefusal) -> ImportReport {
        do { return try await preferences(request, into: registry, limits: limits, now: time.now()) } catch {
            throw .unavailable(StoreError(error))
        }
    }

    /// What the directory was when it was compared is not what it is when it is applied: another import or an erasure came between.
    private static let attemptsMax = 3

    private func importExport(
        _ request: Request,
        _ approval: ImportApproval? = nil
    ) async throws(ImportRefusal) -> ImportReport {
        for _ in 1..<Self.attemptsMax {
            do throws(ImportRefusal) { return try await importOnce(request, approval) } catch .unavailable(.outdated) {
                meter.begin()
            }
        }
        return try await importOnce(request, approval)
    }

    private func importOnce(
        _ request: Request,
        _ approval: ImportApproval?
    ) async throws(ImportRefusal) -> ImportReport {
        do {
            var reading = ExportReading(
                request: request,
                feeds: feeds,
                workFolder: workFolder,
                limits: limits,
                meter: meter
            )
            let staged: StagedImport
            let summary: ExportReading.Summary
            do {
                let school = try await linkONDE(&reading)
                let scope = school.map { ImportScope.school($0.key) } ?? request.scope
                staged = try await registry.beginImport(request.origin, scope: scope)
                summary = try await stage(reading, staged)
            } catch let error as ExportError {
                return try await registry.abandonImport(
                    request.origin,
                    failure: error.description,
                    warnings: error.warnings,
                    now: time.now()
                )
            }
            let now = time.now()
            meter.applies()
            return try await registry.finishImport(
                staged,
                limits: ImportLimits(isYearChange: request.isYearChange),
                dryRun: request.isDryRun,
                warnings: summary.warnings.kept,
                warningsTotal: summary.warnings.total,
                day: summary.day ?? CalendarDay(daysSince1970: Int32(now.seconds / 86_400)),
                now: now,
                approval: approval
            )
        } catch let refusal as ImportRefusal {
            throw refusal
        } catch {
            throw .unavailable(StoreError(error))
        }
    }

    /// ONDE CSV has no ids of guardians: who is known keeps the key, so the directory is asked between reading and staging.
    ///
    /// - Returns: the school it speaks of; nil for any other format.
    private func linkONDE(_ reading: inout ExportReading) async throws -> SchoolRecord? {
        let request = reading.request
        guard request.format == .ondeCSV else { return nil }
        guard let uai = request.school else { throw ExportError.missing(what: "school: ONDE CSV names none") }
        let contents = try await thread.contents(of: reading)
        let known = try await registry.guardianKeys(of: contents.pupilKeys, feed: request.feed)
        let school =
            try await registry.school(uai: uai, feed: request.feed) ?? SchoolRecord(key: uai, uai: uai, name: "")
        reading.linked = contents.linked(to: school, known: known)
        return school
    }

    /// Reads and stages side by side. The reading's own error wins over that of a stage which was given up for it.
    private func stage(_ reading: ExportReading, _ staged: StagedImport) async throws -> ExportReading.Summary {
        let batches = ChangeBatches()
        async let read = thread.read(reading, into: batches)
        var met = ImportWarnings(limit: limits.importWarningsMax)
        do {
            for await batch in batches.batches {
                for warning in try await registry.stage(batch, of: staged) { met.add(warning) }
                meter.staged(batch.count)
                batches.taken()
            }
        } catch {
            batches.giveUp()
            throw error
        }
        var summary = try await read
        summary.warnings.add(met)
        return summary
    }
}
