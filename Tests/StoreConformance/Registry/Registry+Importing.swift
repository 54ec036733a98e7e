package import Domain
package import Store

/// A whole import in one call.
extension Registry {
    package func importing(
        _ changes: [DirectoryChange],
        origin: ImportOrigin = ImportOrigin(format: "aaf1d", mode: "complete"),
        scope: ImportScope = .feed,
        yearChange: Bool = false,
        dryRun: Bool = false,
        warnings: [ImportWarning] = [],
        day: CalendarDay = CalendarDay(daysSince1970: 20_697),
        approval: ImportApproval? = nil
    ) async throws -> ImportReport {
        let staged = try await beginImport(origin, scope: scope)
        let met = try await stage(changes, of: staged)
        return try await finishImport(
            staged,
            limits: ImportLimits(isYearChange: yearChange),
            dryRun: dryRun,
            warnings: warnings + met,
            warningsTotal: warnings.count + met.count,
            day: day,
            now: StorePlace.start,
            approval: approval
        )
    }

    /// Lines of accounts, as NDJSON brings them.
    package func map(_ users: [UserRecord], dryRun: Bool = false) async throws -> ImportReport {
        try await importing(
            users.enumerated().map { DirectoryChange(.putUser($1), line: $0 + 1) },
            origin: ImportOrigin(format: "ndjson", mode: "delta"),
            scope: .changes,
            dryRun: dryRun
        )
    }
}
