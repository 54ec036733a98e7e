import Delivery
import DirectoryImport
package import Domain
import Glibc
package import Store

/// Imports a delivery: reads it in streams, puts it on the stage, and lets the registry compare and apply it in one transaction.
/// One import at a time; a file that cannot be read to its end changes nothing.
package actor DirectoryImporter {
    package enum Format: String, Sendable, CaseIterable {
        case aaf1d
        case ondeCSV = "onde-csv"
        case ndjson
        /// The ENT's preference documents, one a line.
        case preferences

        /// One JSON object a line, in a file of its own.
        package var isLines: Bool { self == .ndjson || self == .preferences }
    }

    package enum Mode: String, Sendable {
        case complete, delta
    }

    package enum Refusal: Error, Hashable, Sendable {
        /// Another import is under way: try again later.
        case busy
        /// This feed or mode is not built yet; the sentence says which.
        case notBuilt(String)
        /// Of an approval: no import of this number.
        case unknownImport
        /// It is in this state, and there is nothing to approve.
        case notHeld(String)
        /// Its delivery is not there: it was too large, or the disk had no room.
        case notKept
        case unavailable(StoreError)
    }

    package struct Request: Sendable {
        package var paths: [String]
        package var format: Format
        package var mode: Mode
        package var isDryRun: Bool
        package var isYearChange: Bool
        /// Who imports, for the audit log.
        package var actor: String
        /// The delivery's name as its sender knows it.
        package var source: String

        package init(
            paths: [String],
            format: Format,
            mode: Mode,
            isDryRun: Bool,
            isYearChange: Bool,
            actor: String = "",
            source: String = ""
        ) {
            self.paths = paths
            self.format = format
            self.mode = mode
            self.isDryRun = isDryRun
            self.isYearChange = isYearChange
            self.actor = actor
            self.source = source
        }

        var origin: ImportOrigin { ImportOrigin(mode: mode.rawValue, actor: actor, source: source) }
    }

    private static let recordsPerCommit = 1000
    private static let aafFeed = 1

    private let registry: Registry
    private let log: ImportLog?
    private let held: HeldDeliveries?
    private let workFolder: String
    private let limits: Limits
    private let time: TimeSource
    private let executor = ThreadExecutor()
    private var isBusy = false

    /// Reading files blocks, so the importer has a thread of its own.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - registry: what is changed.
    ///   - queue: holds the sealed log; nil: nothing is logged.
    ///   - workFolder: where an archive is unpacked; private to this process.
    ///   - heldFolder: where held deliveries wait; nil: they are not kept.
    ///   - limits: bounds of a delivery.
    ///   - time: the clocks.
    package init(
        registry: Registry,
        queue: QueueStore? = nil,
        workFolder: String,
        heldFolder: String? = nil,
        limits: Limits,
        time: TimeSource
    ) {
        self.registry = registry
        log = queue.map { ImportLog(queue: $0) }
        held = heldFolder.map { HeldDeliveries(folder: $0, bytesMax: limits.importBytesMax) }
        self.workFolder = workFolder
        self.limits = limits
        self.time = time
    }

    /// A report also for a delivery that failed (`state: failed`, with file and line) or was held.
    package func run(_ request: Request) async throws(Refusal) -> ImportReport {
        guard !isBusy else { throw .busy }
        isBusy = true
        defer { isBusy = false }
        var report: ImportReport
        switch (request.format, request.mode) {
        case (.aaf1d, .complete): report = try await importAAF(request)
        case (.ndjson, .delta), (.ndjson, .complete): report = try await importUsers(request)
        case (.preferences, _): report = try await importPreferences(request)
        case (.aaf1d, .delta): throw .notBuilt("AAF deltas are not built yet; send complete deliveries.")
        case (.ondeCSV, _): throw .notBuilt("ONDE CSV is not built yet.")
        }
        if report.state == .held { report.isKept = try await keep(request, report.id) }
        do throws(StoreError) {
            try await log?.keep(report, format: request.format.rawValue, request.origin, now: time.now())
        } catch { throw .unavailable(error) }
        return report
    }

    /// Lets a held import through: reads its delivery again, compares it with the directory of the moment and applies it when the difference
    /// is the one that was held, or `isConfirmed`.
    ///
    /// - Returns: `applied`, or `held` with the new difference when that has changed.
    package func approve(_ approval: ImportApproval, why: String) async throws(Refusal) -> ImportReport {
        guard !isBusy else { throw .busy }
        isBusy = true
        defer { isBusy = false }
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
        let request = Request(
            paths: [held.path(of: name)],
            format: format,
            mode: mode,
            isDryRun: false,
            isYearChange: false,
            actor: approval.actor,
            source: stored.origin.source
        )
        let report = try await importAAF(request, approval)
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

    /// False: the delivery is too large or the disk too full; the import is held all the same and has to be sent again.
    private func keep(_ request: Request, _ id: ImportID) async throws(Refusal) -> Bool {
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

    private func importAAF(_ request: Request, _ approval: ImportApproval? = nil) async throws(Refusal) -> ImportReport
    {
        do {
            try await registry.beginImport()
            let batches = Batches(size: Self.recordsPerCommit)
            let summary: AAFSummary
            do {
                summary = try read(request.paths, into: batches)
            } catch let error as DeliveryError {
                return try await registry.abandonImport(
                    format: "aaf1d",
                    failure: error.description,
                    now: time.now(),
                    origin: request.origin
                )
            }
            for batch in batches.full { try await registry.stage(batch) }
            let now = time.now()
            return try await registry.finishImport(
                feed: Self.aafFeed,
                limits: ImportLimits(isYearChange: request.isYearChange),
                dryRun: request.isDryRun,
                format: "aaf1d",
                warnings: summary.warnings.kept,
                warningsTotal: summary.warnings.total,
                day: summary.generatedOn ?? CalendarDay(daysSince1970: Int32(now.seconds / 86_400)),
                now: now,
                origin: request.origin,
                approval: approval
            )
        } catch {
            throw .unavailable(StoreError(error))
        }
    }

    private func read(_ paths: [String], into batches: Batches) throws -> AAFSummary {
        let reader = AAFReader(mode: .complete, limits: limits)
        func read(_ paths: [String]) throws -> AAFSummary {
            try reader.read(AAFDelivery(paths: paths)) { operation in
                if case .add(let record) = operation.action { batches.add(record) }
            }
        }
        guard paths.count == 1, let path = paths.first,
            path.hasSuffix(".tar") || path.hasSuffix(".gz") || path.hasSuffix(".tgz")
        else {
            return try read(paths)
        }
        return try DeliveryArchive.withUnpacked(path, under: workFolder, limits: .init()) { try read($0) }
    }

    private func importPreferences(_ request: Request) async throws(Refusal) -> ImportReport {
        do { return try await preferences(request, into: registry, limits: limits, now: time.now()) } catch {
            throw .unavailable(StoreError(error))
        }
    }

    private func importUsers(_ request: Request) async throws(Refusal) -> ImportReport {
        do {
            var users: [UserRecord] = []
            var other = 0
            do {
                for path in request.paths {
                    let reader = UserNDJSONReader(
                        file: path.split(separator: "/").last.map(String.init) ?? path,
                        limits: limits
                    )
                    _ = try reader.read(path: path) { line in
                        if case .user(let user) = line.item, line.operation == .upsert {
                            users.append(user)
                        } else {
                            other += 1
                        }
                    }
                }
            } catch let error as DeliveryError {
                return try await registry.abandonImport(
                    format: "ndjson",
                    failure: error.description,
                    now: time.now(),
                    origin: request.origin
                )
            }
            guard other == 0 else {
                throw Refusal.notBuilt(
                    "Of NDJSON only lines that upsert a user are built yet; \(other) lines are others."
                )
            }
            return try await registry.map(users, now: time.now(), dryRun: request.isDryRun, origin: request.origin)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .unavailable(StoreError(error))
        }
    }

    /// Records cut into commits.
    private final class Batches {
        private let size: Int
        private var batches: [[DirectoryRecord]] = []

        init(size: Int) { self.size = size }

        func add(_ record: DirectoryRecord) {
            if batches.last.map({ $0.count >= size }) ?? true { batches.append([]) }
            batches[batches.count - 1].append(record)
        }

        var full: [[DirectoryRecord]] { batches }
    }
}
