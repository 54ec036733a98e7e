import Database
import Domain

/// An export on its way into the directory, on a session beside the writer: it is staged and compared on one state of the directory, and only
/// what changes goes through the writer. One export at a time (the importer's affair).
package actor StagedImport {
    nonisolated let origin: ImportOrigin
    /// ``DirectoryNumber`` of the state it is compared with.
    nonisolated let number: Int64
    nonisolated let feed: Int64
    private let scope: ImportScope
    private let lent: LentSession

    /// Staging and comparing a region take seconds, so they have a thread of their own: one for all imports of the process.
    private static let executor = ThreadExecutor("import-stage")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { Self.executor.asUnownedSerialExecutor() }

    init(_ session: any Session, origin: ImportOrigin, scope: ImportScope) throws {
        try session.begin(.deferred)
        number = try DirectoryNumber.read(session)
        feed = try session.first("SELECT id FROM feed WHERE name = ?", origin.feed) { $0.int64(0) } ?? 0
        try session.execute(StageSchema.stage)
        self.origin = origin
        self.scope = scope
        lent = LentSession(session)
    }

    func take(_ changes: [DirectoryChange]) throws(StoreError) -> [ImportWarning] {
        do {
            var stage = Stage(lent.session, feed: feed, name: origin.feed, scope: scope)
            for change in changes { try stage.take(change) }
            return stage.warnings
        } catch {
            throw StoreError(error)
        }
    }

    /// Compares what is staged with the directory, and writes down what the writer will do; once, at the end.
    ///
    /// - Returns: the report without number and state, and the session with the tables of ``DirectoryPlan``, which nobody else uses from now on.
    /// - Throws: what reading the directory or writing the temporary tables met.
    func plan(_ limits: ImportLimits, _ warnings: [ImportWarning], total: Int) throws(StoreError) -> (
        ImportReport, LentSession
    ) {
        do {
            let session = lent.session
            var report = ImportReport(state: .planned, warnings: warnings, warningsTotal: total)
            report.feed = origin.feed
            report.school = origin.school
            let diff = DirectoryDiff(connection: session, feed: feed, scope: scope)
            try diff.prepare()
            report.diff = try diff.counts()
            report.schools = try diff.perSchool()
            report.held = try DirectoryLimits(connection: session, feed: feed, scope: scope, limits: limits).passed()
            report.add(try diff.missingGuardians())
            report.add(try diff.movedAccounts())
            try DirectoryPlan(connection: session, feed: feed).make()
            // The log of the file may start over from here on.
            try session.commit()
            return (report, lent)
        } catch {
            throw StoreError(error)
        }
    }
}

/// A session that goes from one thread to another. `@unchecked Sendable`: whoever hands it over does not touch it before it comes back.
final class LentSession: @unchecked Sendable {
    let session: any Session

    init(_ session: any Session) { self.session = session }
}

/// Counts the changes that a plan of an import must not miss: other imports, and erasures. What registrations do is none of them: they make
/// accounts and persons of kind 0, which ``DirectoryApply`` takes as it finds them.
enum DirectoryNumber {
    static func read(_ session: any Session) throws -> Int64 {
        try session.first("SELECT value FROM meta WHERE name = 'directoryChanges'") { $0.int64(0) } ?? 0
    }

    static func advance(_ session: any Session) throws {
        try session.run(
            "INSERT INTO meta(name, value) VALUES ('directoryChanges', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1"
        )
    }
}
