import Database
package import Domain

/// What an import may take away before a person has to look at it.
package struct ImportLimits: Sendable {
    /// Share of the pupils, guardians or links of one school that may disappear at once.
    package var removedShareMax: Double

    package init(isYearChange: Bool) {
        removedShareMax = isYearChange ? 0.6 : 0.3
    }
}

/// Where a delivery comes from, for the list of imports and the audit log.
package struct ImportOrigin: Hashable, Sendable {
    /// `complete` or `delta`.
    package var mode: String
    package var actor: String
    /// Name of the delivered file or folder.
    package var source: String

    package init(mode: String = "", actor: String = "", source: String = "") {
        self.mode = mode
        self.actor = actor
        self.source = source
    }
}

extension Registry {
    /// Begins an import: empties the stage. One import at a time (the importer's affair).
    package func beginImport() async throws(StoreError) {
        try await writer.run(.normal, isIsolated: false) { try $0.execute(RegistrySchema.stage) }
    }

    /// Puts records on the stage, in memory beside the directory; a later record of the same key replaces the earlier one.
    package func stage(_ records: [DirectoryRecord]) async throws(StoreError) {
        try await writer.run(.normal, bytes: records.count * 500, isIsolated: false) { connection in
            for record in records { try Self.stage(record, connection) }
        }
    }

    /// Compares the stage with the directory and, unless a limit is passed or `dryRun`, applies it: all in one transaction, on disk when
    /// this returns. The stage is emptied in every case.
    ///
    /// `feed`: number of the feed; only what this feed brought is compared and removed.
    /// `day`: the day of delivery, kept as `since` of new links.
    package func finishImport(
        feed: Int,
        limits: ImportLimits,
        dryRun: Bool,
        format: String,
        warnings: [ImportWarning],
        warningsTotal: Int,
        day: CalendarDay,
        now: Instant,
        origin: ImportOrigin = ImportOrigin(),
        approval: ImportApproval? = nil
    ) async throws(StoreError) -> ImportReport {
        try await writer.run(.full) { connection in
            var report = ImportReport(state: .planned, warnings: warnings, warningsTotal: warningsTotal)
            let plan = DirectoryDiff(connection: connection, feed: feed)
            report.diff = try plan.counts()
            report.held = try plan.passedLimits(limits)
            report.add(try plan.missingGuardians())
            if let approval {
                report.id = approval.id
                report.hasChanged = try Self.hasChanged(report, since: approval.id, connection)
                report.state = report.hasChanged && !approval.isConfirmed ? .held : .applied
            } else {
                report.state = dryRun ? .planned : report.held.isEmpty ? .applied : .held
            }
            if report.state == .applied { try plan.apply(day: day) }
            try connection.execute(RegistrySchema.stage)
            if let approval {
                if report.state == .applied { try Self.settle(report, approval, now: now, connection) }
            } else {
                report.id = try Self.keep(report, format: format, origin, now: now, connection)
            }
            return report
        }
    }

    /// Drops what is on the stage; after a delivery that could not be read.
    package func abandonImport(
        format: String,
        failure: String,
        now: Instant,
        origin: ImportOrigin = ImportOrigin()
    ) async throws(StoreError) -> ImportReport {
        try await writer.run(.full) { connection in
            try connection.execute(RegistrySchema.stage)
            var report = ImportReport(state: .failed, warnings: [], warningsTotal: 0)
            report.failure = failure
            report.id = try Self.keep(report, format: format, origin, now: now, connection)
            return report
        }
    }

    /// Maps the ENT's user ids to the feed's keys. Lines name known persons or persons who arrive later.
    package func map(
        _ users: [UserRecord],
        now: Instant,
        dryRun: Bool,
        origin: ImportOrigin = ImportOrigin()
    ) async throws(StoreError) -> ImportReport {
        try await writer.run(.full) { connection in
            var report = ImportReport(state: dryRun ? .planned : .applied, warnings: [], warningsTotal: 0)
            for user in users {
                let known = try connection.first(
                    "SELECT ent_id, profile, locale FROM person WHERE key = ?",
                    user.externalKey
                ) {
                    ($0.textOrNil(0), $0.intOrNil(1), $0.textOrNil(2))
                }
                // What a line leaves out stays as it is.
                let isSame =
                    known?.0 == user.id && (user.profile == nil || known?.1 == user.profile.map { Int($0.rawValue) })
                    && (user.locale == nil || known?.2 == user.locale)
                if isSame { continue }
                if known?.0 == nil { report.diff.users.added += 1 } else { report.diff.users.changed += 1 }
                if !dryRun {
                    try Self.tie(
                        entID: user.id,
                        key: user.externalKey,
                        profile: user.profile,
                        locale: user.locale,
                        connection
                    )
                }
            }
            report.id = try Self.keep(report, format: "ndjson", origin, now: now, connection)
            return report
        }
    }

    /// Makes the ENT's id and the feed's key name one person.
    ///
    /// Devices were registered by the account, so they go where its id goes; an account that loses its person keeps its devices on a row
    /// of its own, so that nobody's phone rings for another's children.
    static func tie(
        entID: String,
        key: String,
        profile: UserRecord.Profile?,
        locale: String?,
        _ connection: any Session
    ) throws {
        let account = try connection.first("SELECT id, key FROM person WHERE ent_id = ?", entID) {
            ($0.int64(0), $0.textOrNil(1))
        }
        var person = try connection.first("SELECT id FROM person WHERE key = ?", key) { $0.int64(0) }
        if let account, account.1 == key { person = account.0 }
        if person == nil, let account, account.1 == nil {
            try connection.run("UPDATE person SET key = ? WHERE id = ?", key, account.0)
            person = account.0
        }
        if person == nil {
            person = try connection.insert("INSERT INTO person(kind, key) VALUES (0, ?) RETURNING id", key)
        }
        if account?.0 != person { try part(person, connection) }
        if let account, account.0 != person {
            try connection.run("UPDATE person SET ent_id = NULL WHERE id = ?", account.0)
            try connection.run("UPDATE device SET owner = ? WHERE owner = ?", person, account.0)
        }
        try connection.run(
            "UPDATE person SET ent_id = ?, profile = coalesce(?, profile), locale = coalesce(?, locale) WHERE id = ?",
            entID,
            profile.map { Int($0.rawValue) },
            locale,
            person
        )
    }

    /// Takes the account a person had away with its devices.
    private static func part(_ person: Int64?, _ connection: any Session) throws {
        let entID = try connection.first("SELECT ent_id FROM person WHERE id = ?", person) { $0.textOrNil(0) }
        guard case let entID?? = entID else { return }
        try connection.run("UPDATE person SET ent_id = NULL WHERE id = ?", person)
        let account = try connection.insert("INSERT INTO person(kind, ent_id) VALUES (0, ?) RETURNING id", entID)
        try connection.run("UPDATE device SET owner = ? WHERE owner = ?", account, person)
    }

    private static func stage(_ record: DirectoryRecord, _ connection: any Session) throws {
        func person(_ person: PersonRecord, kind: PersonKind) throws {
            try connection.run(
                """
                INSERT INTO stage_person(key, kind, last_name, first_name) VALUES (?, ?, ?, ?)
                ON CONFLICT(key) DO UPDATE SET kind = excluded.kind, last_name = excluded.last_name,
                    first_name = excluded.first_name
                """,
                person.key,
                kind.rawValue,
                person.lastName,
                person.firstName
            )
        }
        switch record {
        case .school(let school):
            try connection.run(
                """
                INSERT INTO stage_place(kind, key, school, name, uai) VALUES (0, ?, ?, ?, ?)
                ON CONFLICT(kind, key) DO UPDATE SET school = excluded.school, name = excluded.name, uai = excluded.uai
                """,
                school.key,
                school.key,
                school.name,
                school.uai.isEmpty ? nil : school.uai
            )
        case .guardian(let record): try person(record, kind: .guardian)
        case .staff(let record):
            try person(record, kind: .staff)
            for school in record.schools { try stage(.init(place: .school(key: school)), of: record.key, connection) }
        case .pupil(let pupil):
            try person(pupil.person, kind: .pupil)
            for membership in pupil.memberships { try stage(membership, of: pupil.person.key, connection) }
            for link in pupil.guardians {
                try connection.run(
                    "INSERT INTO stage_link(pupil, guardian, raw) VALUES (?, ?, ?) ON CONFLICT(pupil, guardian) DO NOTHING",
                    pupil.person.key,
                    link.key,
                    link.raw
                )
            }
        case .user: break
        }
    }

    private static func stage(_ membership: PupilRecord.Membership, of person: String, _ connection: any Session) throws
    {
        let (kind, key): (Int, String)
        switch membership.place {
        case .school(let school): (kind, key) = (0, school)
        case .schoolClass(let place, let school, let name), .group(let place, let school, let name):
            if case .schoolClass = membership.place { kind = 1 } else { kind = 2 }
            key = place
            try connection.run(
                """
                INSERT INTO stage_place(kind, key, school, name, uai) VALUES (?, ?, ?, ?, NULL)
                ON CONFLICT(kind, key) DO NOTHING
                """,
                kind,
                key,
                school,
                name
            )
        }
        try connection.run(
            """
            INSERT INTO stage_membership(person, kind, key, from_day, to_day) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT(kind, key, person) DO UPDATE SET from_day = excluded.from_day, to_day = excluded.to_day
            """,
            person,
            kind,
            key,
            membership.from.map { Int64($0.daysSince1970) },
            membership.to.map { Int64($0.daysSince1970) }
        )
    }

    static func keep(
        _ report: ImportReport,
        format: String,
        _ origin: ImportOrigin,
        now: Instant,
        _ connection: any Session
    ) throws -> ImportID {
        var report = report
        let id = try connection.insert(
            "INSERT INTO import(at, format, state, report, mode, actor, source) VALUES (?, ?, ?, '', ?, ?, ?) RETURNING id",
            now.milliseconds,
            format,
            "\(report.state)",
            origin.mode,
            origin.actor,
            origin.source
        )
        report.id = ImportID(rawValue: id)
        try connection.run(
            "UPDATE import SET report = ? WHERE id = ?",
            JSONWriter.text(report.json),
            report.id.rawValue
        )
        return report.id
    }
}
