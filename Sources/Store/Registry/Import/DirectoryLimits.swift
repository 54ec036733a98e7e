import Database
import Domain

/// What of a prepared import a person has to look at before it is applied.
struct DirectoryLimits {
    let connection: any Session
    let feed: Int64
    let scope: ImportScope
    let limits: ImportLimits

    func passed() throws -> [ImportReport.Hold] {
        let conflicts = try codes() + duplicates()
        // Nothing is gone of any school: the shares need not be counted.
        let isGone = try connection.first(
            "SELECT 1 FROM stage_change WHERE action = 2 OR (kind = 3 AND action = 1) LIMIT 1"
        ) { $0.int(0) }
        guard isGone != nil else { return conflicts }
        return try conflicts + absentSchools() + pupils() + guardians() + links()
    }

    // MARK: What cannot be told apart

    /// One UAI in two feeds, one school with two UAIs: two schools that have the same key, or one export in the wrong feed.
    private func codes() throws -> [ImportReport.Hold] {
        func hold(_ row: borrowing Row) -> ImportReport.Hold {
            ImportReport.Hold(school: row.text(0), limit: "schoolCode", value: 2, detail: row.text(1).showingInvisible)
        }
        let foreign = try connection.all(
            """
            SELECT stage.uai, 'UAI ' || stage.uai || ' is school ' || place.key || ' of feed ' || feed.name || ' and school '
                || stage.key || ' of feed ' || (SELECT name FROM feed WHERE id = ?1) || '.'
            FROM stage_place stage JOIN place ON place.uai = stage.uai AND place.feed <> ?1 JOIN feed ON feed.id = place.feed
            WHERE stage.kind = 0 AND stage.uai IS NOT NULL ORDER BY stage.uai LIMIT 100
            """,
            feed,
            row: hold
        )
        let changed = try connection.all(
            """
            SELECT place.uai, 'School ' || place.key || ' is ' || place.uai || ' (' || place.name || ') in the directory and '
                || stage.uai || ' (' || stage.name || ') in the export, ' || stage.file || ':' || stage.line || '.'
            FROM stage_place stage JOIN place ON place.id = stage.id
            WHERE stage.kind = 0 AND place.uai <> stage.uai AND stage.file IS NOT NULL ORDER BY place.uai LIMIT 100
            """,
            row: hold
        )
        let twice = try connection.all(
            """
            SELECT first, 'School ' || key || ' is ' || first || ' in ' || coalesce(first_file, '') || ':' || coalesce(first_line, 0)
                || ' and ' || second || ' in ' || file || ':' || line || '.' FROM stage_code ORDER BY key LIMIT 100
            """,
            row: hold
        )
        return foreign + changed + twice
    }

    /// One key with two contents, more often than a slip explains.
    private func duplicates() throws -> [ImportReport.Hold] {
        var held: [ImportReport.Hold] = []
        try connection.query(
            """
            SELECT kind, count(*), CASE WHEN kind = 7 THEN (SELECT count(*) FROM stage_user)
                WHEN kind < 3 THEN (SELECT count(*) FROM stage_place place WHERE place.kind = twice.kind)
                ELSE (SELECT count(*) FROM stage_person person WHERE person.kind = twice.kind - 2) END
            FROM stage_duplicate twice GROUP BY kind
            """
        ) { row in
            let kind = DirectoryChange.Kind(rawValue: row.int(0))?.name ?? ""
            guard
                let hold = limits.hold("", "duplicateKeys", row.int(1), of: row.int(2), above: limits.duplicateShareMax)
            else { return }
            held.append(
                hold.with(detail: "\(row.int(1)) of \(row.int(2)) \(kind) stand twice with different contents.")
            )
        }
        return held
    }

    // MARK: What is gone

    /// Schools of the directory that a complete export does not name, or that a delta removes with pupils in it.
    private func absentSchools() throws -> [ImportReport.Hold] {
        let onlyWithPupils = """
            AND EXISTS (SELECT 1 FROM membership CROSS JOIN person
                WHERE person.id = membership.person AND person.kind = 1 AND membership.place = scope.id)
            """
        return try connection.all(
            """
            SELECT coalesce(place.uai, place.key) FROM stage_scope scope JOIN place ON place.id = scope.id
            WHERE scope.kind = 0 AND NOT EXISTS (
                SELECT 1 FROM stage_place stage WHERE stage.kind = 0 AND stage.key = scope.key AND stage.school = scope.school)
            \(scope == .changes ? onlyWithPupils : "") ORDER BY place.key
            """
        ) { ImportReport.Hold(school: $0.text(0), limit: "schoolAbsent", value: 1) }
    }

    private func pupils() throws -> [ImportReport.Hold] {
        try shares(
            "pupilsRemoved",
            """
            SELECT membership.place AS school, CASE WHEN \(Self.isSpokenOf) AND NOT \(Self.isStillThere) THEN 1 ELSE 0 END AS gone
            \(Self.currentPupils)
            """
        )
    }

    private func guardians() throws -> [ImportReport.Hold] {
        try shares(
            "guardiansRemoved",
            """
            SELECT school, CASE WHEN stays = 0 AND NOT EXISTS (
                    SELECT 1 FROM stage_link link
                    CROSS JOIN stage_person adult CROSS JOIN stage_membership member
                    WHERE adult.key = link.guardian AND adult.kind = 2 AND member.person = link.pupil AND member.kind = 0
                        AND member.key = school_key AND link.guardian = known.guardian) THEN 1 ELSE 0 END AS gone
            FROM (SELECT membership.place AS school, school.key AS school_key, adult.key AS guardian, max(\(Self.linkStays)) AS stays
                \(Self.currentPupilLinks) GROUP BY membership.place, adult.key) known
            """
        )
    }

    private func links() throws -> [ImportReport.Hold] {
        try shares(
            "linksRemoved",
            "SELECT membership.place AS school, 1 - \(Self.linkStays) AS gone \(Self.currentPupilLinks)"
        )
    }

    private static let currentPupils = """
        FROM place school CROSS JOIN membership CROSS JOIN person pupil
        WHERE membership.place = school.id AND pupil.id = membership.person AND pupil.kind = 1 AND school.kind = 0 AND school.feed = ?1
        """
    private static let currentPupilLinks = """
        FROM place school CROSS JOIN membership CROSS JOIN person pupil CROSS JOIN guardianship CROSS JOIN person adult
        WHERE membership.place = school.id AND pupil.id = membership.person AND pupil.kind = 1 AND guardianship.pupil = pupil.id
            AND adult.id = guardianship.record AND adult.kind = 2 AND school.kind = 0 AND school.feed = ?1
        """
    private static let isSpokenOf =
        "EXISTS (SELECT 1 FROM stage_scope scope WHERE scope.kind = 3 AND scope.key = pupil.key AND scope.school = '')"
    private static let isStillThere = """
        EXISTS (SELECT 1 FROM stage_membership member
            CROSS JOIN stage_person person
            WHERE person.key = member.person AND person.kind = 1 AND member.person = pupil.key AND member.kind = 0
                AND member.key = school.key)
        """
    private static let linkStays = """
        CASE WHEN NOT \(isSpokenOf) OR (\(isStillThere) AND EXISTS (
            SELECT 1 FROM stage_link link CROSS JOIN stage_person person
            WHERE person.key = link.guardian AND person.kind = 2 AND link.pupil = pupil.key
                AND link.guardian = adult.key)) THEN 1 ELSE 0 END
        """

    /// School by school the share that is gone. A school that is wholly absent has its own limit.
    private func shares(_ name: String, _ rows: String) throws -> [ImportReport.Hold] {
        var held: [ImportReport.Hold] = []
        try connection.query(
            """
            SELECT coalesce(place.uai, place.key), sum(gone), count(*) FROM (\(rows)) row JOIN place ON place.id = row.school
            WHERE EXISTS (SELECT 1 FROM stage_scope scope WHERE scope.kind = 3)
                AND NOT EXISTS (SELECT 1 FROM stage_scope scope WHERE scope.kind = 0 AND scope.key = place.key AND scope.school = place.key
                    AND NOT EXISTS (SELECT 1 FROM stage_place stage WHERE stage.kind = 0 AND stage.key = place.key))
            GROUP BY place.id HAVING sum(gone) > 0 ORDER BY place.key
            """,
            feed
        ) { row in
            if let hold = limits.hold(row.text(0), name, row.int(1), of: row.int(2), above: limits.removedShareMax) {
                held.append(hold)
            }
        }
        return held
    }
}

extension ImportLimits {
    /// nil unless both the share and the least number are passed.
    fileprivate func hold(_ school: String, _ name: String, _ gone: Int, of total: Int, above shareMax: Double)
        -> ImportReport.Hold?
    {
        guard total > 0, gone >= recordsMin else { return nil }
        let share = Double(gone) / Double(total)
        guard share > shareMax else { return nil }
        return .init(school: school, limit: name, value: (share * 1000).rounded() / 1000)
    }
}

extension ImportReport.Hold {
    fileprivate func with(detail: String) -> ImportReport.Hold {
        var hold = self
        hold.detail = detail
        return hold
    }
}
