import Database
package import Domain

/// Every format goes the same way: begin, stage, finish.
extension Registry {
    /// Begins an import; what it is compared with is the directory of this moment.
    package func beginImport(_ origin: ImportOrigin, scope: ImportScope) async throws(StoreError) -> StagedImport {
        _ = try await writer.run(.normal, lingers: false) { try Self.feed(named: origin.feed, $0) }
        do { return try StagedImport(openPlanner(), origin: origin, scope: scope) } catch { throw StoreError(error) }
    }

    /// Puts changes on the stage, in the order of the export.
    ///
    /// - Returns: what was read with reserve.
    package func stage(_ changes: [DirectoryChange], of staged: StagedImport) async throws(StoreError)
        -> [ImportWarning]
    {
        try await staged.take(changes)
    }

    /// Compares the stage with the directory beside the writer and, unless a limit is passed or `dryRun`, applies the difference: in one
    /// transaction, on disk when this returns.
    ///
    /// `day`: the day of export, kept as `since` of new links.
    ///
    /// - Throws: ``StoreError/outdated`` when another import or an erasure came between; nothing happened, and the whole import is begun anew.
    package func finishImport(
        _ staged: StagedImport,
        limits: ImportLimits,
        dryRun: Bool,
        warnings: [ImportWarning],
        warningsTotal: Int,
        day: CalendarDay,
        now: Instant,
        approval: ImportApproval? = nil
    ) async throws(StoreError) -> ImportReport {
        let (planned, plan) = try await staged.plan(limits, warnings, total: warningsTotal)
        let (report, changed) = try await writer.run(.full) { connection in
            let moved = MovedDevices()
            var report = planned
            if let approval {
                report.id = approval.id
                report.hasChanged = try Self.hasChanged(report, since: approval.id, connection)
                report.state = report.hasChanged && !approval.isConfirmed ? .held : .applied
            } else {
                report.state = dryRun ? .planned : report.held.isEmpty ? .applied : .held
                report.id = try Self.newImport(staged.origin, now: now, connection)
            }
            if report.state == .applied {
                guard try DirectoryNumber.read(connection) == staged.number else { throw StoreError.outdated }
                try DirectoryApply(
                    plan: plan.session,
                    connection: connection,
                    feed: staged.feed,
                    importID: report.id.rawValue,
                    day: day,
                    moved: moved
                ).run()
                try Self.keepChanges(of: report, plan.session, connection)
                try DirectoryNumber.advance(connection)
            }
            if let approval {
                if report.state == .applied { try Self.settle(report, approval, now: now, connection) }
            } else {
                try Self.keep(report, connection)
            }
            return (report, moved.ids)
        }
        await deviceChanges.tell(changed)
        return report
    }

    /// Writes down an export that could not be read; what was staged of it is gone with its ``StagedImport``.
    package func abandonImport(
        _ origin: ImportOrigin,
        failure: String,
        warnings: [ImportWarning] = [],
        now: Instant
    ) async throws(StoreError) -> ImportReport {
        try await writer.run(.full) { connection in
            var report = ImportReport(state: .failed, warnings: warnings, warningsTotal: warnings.count)
            report.failure = failure
            report.feed = origin.feed
            report.school = origin.school
            report.id = try Self.newImport(origin, now: now, connection)
            try Self.keep(report, connection)
            return report
        }
    }

    /// The number of a feed; a name that is new gets one.
    static func feed(named name: String, _ connection: any Session) throws -> Int64 {
        if let id = try connection.first("SELECT id FROM feed WHERE name = ?", name, row: { $0.int64(0) }) { return id }
        return try connection.insert("INSERT INTO feed(name) VALUES (?) RETURNING id", name)
    }

    static func newImport(
        _ origin: ImportOrigin,
        now: Instant,
        _ connection: any Session
    ) throws -> ImportID {
        let id = try connection.insert(
            """
            INSERT INTO import(at, format, state, report, mode, actor, source, feed) VALUES (?, ?, 'planned', '{}', ?, ?, ?, ?)
            RETURNING id
            """,
            now.milliseconds,
            origin.format,
            origin.mode,
            origin.actor,
            origin.source,
            origin.feed
        )
        return ImportID(rawValue: id)
    }

    static func keep(_ report: ImportReport, _ connection: any Session) throws {
        try connection.run(
            "UPDATE import SET state = ?, report = ? WHERE id = ?",
            "\(report.state)",
            JSONWriter.text(report.json),
            report.id.rawValue
        )
    }

    /// Imports that changed more are remembered in sums only.
    private static let changesKeptMax = 20_000
    /// Imports whose single changes are remembered.
    private static let importsKept = 100

    private static func keepChanges(of report: ImportReport, _ plan: any Session, _ connection: any Session) throws {
        try connection.run("DELETE FROM import_change WHERE import <= ?", report.id.rawValue - Int64(importsKept))
        guard report.changes <= changesKeptMax else { return }
        try plan.query("SELECT DISTINCT kind, key, other, action, school FROM stage_change") { row in
            try connection.run(
                "INSERT INTO import_change(import, kind, key, other, action, school) VALUES (?, ?, ?, ?, ?, ?)",
                report.id.rawValue,
                row.int64(0),
                row.text(1),
                row.text(2),
                row.int64(3),
                row.text(4)
            )
        }
    }
}
