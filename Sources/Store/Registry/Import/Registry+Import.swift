import Database
package import Domain

/// What an import may take away before a person has to look at it.
package struct ImportLimits: Sendable {
    /// Share of the pupils, guardians or links of one school that may disappear at once.
    package var removedShareMax: Double
    /// Share of the records of one kind that may stand twice with different contents.
    package var duplicateShareMax = 0.01
    /// Fewer records than this hold nothing: of a family of two one is half.
    package var recordsMin = 5

    package init(isYearChange: Bool) {
        removedShareMax = isYearChange ? 0.6 : 0.3
    }
}

/// Where a delivery comes from, for the list of imports and the audit log.
package struct ImportOrigin: Hashable, Sendable {
    package var format: String
    /// `complete` or `delta`.
    package var mode: String
    package var actor: String
    /// Name of the delivered file or folder.
    package var source: String
    package var feed: String
    /// UAI of the one school it speaks of; nil: the delivery says itself what it speaks of.
    package var school: String?

    package init(
        format: String = "",
        mode: String = "",
        actor: String = "",
        source: String = "",
        feed: String = ImportOrigin.mainFeed,
        school: String? = nil
    ) {
        self.school = school
        self.format = format
        self.mode = mode
        self.actor = actor
        self.source = source
        self.feed = feed
    }

    /// The feed of whoever names none.
    package static let mainFeed = "main"
}

/// A delivery on its way to the stage; one at a time (the importer's affair).
package struct StagedImport: Sendable {
    fileprivate var feed: Int64
    fileprivate var scope: ImportScope
    fileprivate var origin: ImportOrigin
}

/// Every format goes the same way: begin, stage, finish.
extension Registry {
    /// Begins an import: empties the stage.
    package func beginImport(_ origin: ImportOrigin, scope: ImportScope) async throws(StoreError) -> StagedImport {
        try await writer.run(.normal) { connection in
            try connection.execute(RegistrySchema.stage)
            return StagedImport(feed: try Self.feed(named: origin.feed, connection), scope: scope, origin: origin)
        }
    }

    /// Puts changes on the stage, in the order of the delivery.
    ///
    /// - Returns: what was read with reserve.
    package func stage(
        _ changes: [DirectoryChange],
        of staged: StagedImport
    ) async throws(StoreError) -> [ImportWarning] {
        // Not isolated: the stage is thrown away when anything goes wrong.
        try await writer.run(.normal, bytes: changes.count * 500, isIsolated: false) { connection in
            var stage = Stage(connection, feed: staged.feed, scope: staged.scope)
            for change in changes { try stage.take(change) }
            return stage.warnings
        }
    }

    /// Compares the stage with the directory and, unless a limit is passed or `dryRun`, applies it: all in one transaction, on disk when
    /// this returns. The stage is emptied in every case.
    ///
    /// `day`: the day of delivery, kept as `since` of new links.
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
        try await writer.run(.full) { connection in
            var report = ImportReport(state: .planned, warnings: warnings, warningsTotal: warningsTotal)
            let diff = DirectoryDiff(connection: connection, feed: staged.feed, scope: staged.scope)
            try diff.prepare()
            report.feed = staged.origin.feed
            report.school = staged.origin.school
            report.diff = try diff.counts()
            report.schools = try diff.perSchool()
            report.held = try DirectoryLimits(
                connection: connection,
                feed: staged.feed,
                scope: staged.scope,
                limits: limits
            ).passed()
            report.add(try diff.missingGuardians())
            report.add(try diff.movedAccounts())
            if let approval {
                report.id = approval.id
                report.hasChanged = try Self.hasChanged(report, since: approval.id, connection)
                report.state = report.hasChanged && !approval.isConfirmed ? .held : .applied
            } else {
                report.state = dryRun ? .planned : report.held.isEmpty ? .applied : .held
                report.id = try Self.newImport(staged.origin, now: now, connection)
            }
            if report.state == .applied {
                try DirectoryApply(connection: connection, diff: diff, importID: report.id.rawValue, day: day).run()
                try Self.keepChanges(of: report, connection)
            }
            try connection.execute(RegistrySchema.stage)
            if let approval {
                if report.state == .applied { try Self.settle(report, approval, now: now, connection) }
            } else {
                try Self.keep(report, connection)
            }
            return report
        }
    }

    /// Drops what is on the stage; after a delivery that could not be read.
    package func abandonImport(
        _ origin: ImportOrigin,
        failure: String,
        warnings: [ImportWarning] = [],
        now: Instant
    ) async throws(StoreError) -> ImportReport {
        try await writer.run(.full) { connection in
            try connection.execute(RegistrySchema.stage)
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

    private static func keepChanges(of report: ImportReport, _ connection: any Session) throws {
        try connection.run("DELETE FROM import_change WHERE import <= ?", report.id.rawValue - Int64(importsKept))
        guard report.changes <= changesKeptMax else { return }
        try connection.run(
            """
            INSERT INTO import_change(import, kind, key, other, action, school)
            SELECT DISTINCT ?, kind, key, other, action, school FROM stage_change
            """,
            report.id.rawValue
        )
    }
}
