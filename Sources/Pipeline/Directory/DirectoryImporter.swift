import DirectoryImport
package import Domain
package import Store

/// Imports a delivery: reads it in streams, puts it on the stage, and lets the registry compare and apply it in one transaction.
/// One import at a time; a file that cannot be read to its end changes nothing.
package actor DirectoryImporter {
    package enum Format: String, Sendable, CaseIterable {
        case aaf1d
        case ondeCSV = "onde-csv"
        case ndjson
    }

    package enum Mode: String, Sendable {
        case complete, delta
    }

    package enum Refusal: Error, Hashable, Sendable {
        /// Another import is under way: try again later.
        case busy
        /// This feed or mode is not built yet; the sentence says which.
        case notBuilt(String)
        case unavailable(StoreError)
    }

    package struct Request: Sendable {
        package var paths: [String]
        package var format: Format
        package var mode: Mode
        package var isDryRun: Bool
        package var isYearChange: Bool

        package init(paths: [String], format: Format, mode: Mode, isDryRun: Bool, isYearChange: Bool) {
            self.paths = paths
            self.format = format
            self.mode = mode
            self.isDryRun = isDryRun
            self.isYearChange = isYearChange
        }
    }

    private static let recordsPerCommit = 1000
    private static let aafFeed = 1

    private let registry: Registry
    private let workFolder: String
    private let limits: Limits
    private let time: TimeSource
    private let executor = ThreadExecutor()
    private var isBusy = false

    /// Reading files blocks, so the importer has a thread of its own.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `workFolder`: where an archive is unpacked; private to this process.
    package init(registry: Registry, workFolder: String, limits: Limits, time: TimeSource) {
        self.registry = registry
        self.workFolder = workFolder
        self.limits = limits
        self.time = time
    }

    /// A report also for a delivery that failed (`state: failed`, with file and line) or was held.
    package func run(_ request: Request) async throws(Refusal) -> ImportReport {
        guard !isBusy else { throw .busy }
        isBusy = true
        defer { isBusy = false }
        switch (request.format, request.mode) {
        case (.aaf1d, .complete): return try await importAAF(request)
        case (.ndjson, .delta), (.ndjson, .complete): return try await importUsers(request)
        case (.aaf1d, .delta): throw .notBuilt("AAF deltas are not built yet; send complete deliveries.")
        case (.ondeCSV, _): throw .notBuilt("ONDE CSV is not built yet.")
        }
    }

    private func importAAF(_ request: Request) async throws(Refusal) -> ImportReport {
        do {
            try await registry.beginImport()
            let batches = Batches(size: Self.recordsPerCommit)
            let summary: AAFSummary
            do {
                summary = try read(request.paths, into: batches)
            } catch let error as DeliveryError {
                return try await registry.abandonImport(format: "aaf1d", failure: error.description, now: time.now())
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
                now: now
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
                return try await registry.abandonImport(format: "ndjson", failure: error.description, now: time.now())
            }
            guard other == 0 else {
                throw Refusal.notBuilt(
                    "Of NDJSON only lines that upsert a user are built yet; \(other) lines are others."
                )
            }
            return try await registry.map(users, now: time.now(), dryRun: request.isDryRun)
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
