import Database
import Domain

/// What is on the stage against what the same feed brought before, of all that the export speaks of: which records are added, changed and
/// removed.
///
/// A link needs both records, a guardian is an adult with a link, and nobody is in a place that is not there.
struct DirectoryDiff {
    let connection: any Session
    let feed: Int64
    let scope: ImportScope

    /// Effective links of the stage, of pupils the export speaks of.
    static let stagedLinks = """
        SELECT pupil.key AS pupil, adult.key AS guardian, pupil.id AS pupil_id, adult.id AS guardian_id
        FROM stage_link link CROSS JOIN stage_person pupil CROSS JOIN stage_person adult CROSS JOIN stage_scope scope
        WHERE pupil.key = link.pupil AND pupil.kind = 1 AND adult.key = link.guardian AND adult.kind = 2 AND scope.kind = 3
            AND scope.key = pupil.key AND scope.school = ''
        """
    /// Effective links of the directory, of the same pupils.
    static let currentLinks = """
        SELECT pupil.key AS pupil, adult.key AS guardian, pupil.id AS pupil_id, adult.id AS guardian_id
        FROM stage_scope scope CROSS JOIN person pupil CROSS JOIN guardianship CROSS JOIN person adult
        WHERE pupil.id = scope.id AND pupil.kind = 1 AND guardianship.pupil = pupil.id AND adult.id = guardianship.record
            AND adult.kind = 2 AND scope.kind = 3
        """

    /// Completes the stage and fills `stage_change`; once, when the export is on the stage.
    func prepare() throws {
        try speakOf()
        try addContext()
        try resolve()
        try connection.execute(StageSchema.indexes)
        try fillPlaces()
        try fillPersons()
        try fillGuardians()
        try fillLinks()
        try fillUsers()
        try attribute()
        try connection.execute(StageSchema.changesBySchool)
    }

    // MARK: The stage

    /// What the export says, and for a complete one all that the directory has of the same feed or school.
    private func speakOf() throws {
        let insert = "INSERT INTO stage_scope(kind, key, school)"
        switch scope {
        case .changes: return
        case .feed:
            try connection.run(
                "\(insert) SELECT kind, key, school_key FROM place WHERE feed = ? ON CONFLICT(kind, key, school) DO NOTHING",
                feed
            )
            try connection.run(
                "\(insert) SELECT 3, key, '' FROM person WHERE feed = ? AND kind <> 0 ON CONFLICT(kind, key, school) DO NOTHING",
                feed
            )
        case .school(let key):
            try connection.run(
                """
                \(insert) SELECT kind, key, school_key FROM place WHERE feed = ? AND school_key = ? AND kind <> 0
                ON CONFLICT(kind, key, school) DO NOTHING
                """,
                feed,
                key
            )
            try connection.run(
                """
                \(insert) SELECT 3, person.key, '' FROM place CROSS JOIN membership CROSS JOIN person
                WHERE membership.place = place.id AND person.id = membership.person AND person.kind <> 0 AND place.feed = ?
                    AND place.kind = 0 AND place.key = ? ON CONFLICT(kind, key, school) DO NOTHING
                """,
                feed,
                key
            )
        }
        let more = "WHERE true ON CONFLICT(kind, key, school) DO NOTHING"
        try connection.execute("\(insert) SELECT kind, key, school FROM stage_place \(more)")
        try connection.execute("\(insert) SELECT 3, key, '' FROM stage_person \(more)")
    }

    /// Adults and places that what is on the stage names, and of which the export says nothing: they stay as they are.
    private func addContext() throws {
        try connection.run(
            """
            INSERT INTO stage_person(key, kind, last_name, first_name) SELECT person.key, person.kind, last_name, first_name
            FROM (SELECT DISTINCT guardian FROM stage_link) link
            CROSS JOIN person
            WHERE person.key = link.guardian AND person.feed = ?1 AND person.kind <> 0 AND NOT EXISTS (
                SELECT 1 FROM stage_scope scope WHERE scope.kind = 3 AND scope.key = person.key AND scope.school = '')
            """,
            feed
        )
        try connection.run(
            """
            INSERT INTO stage_place(kind, key, school, name, uai)
            SELECT place.kind, place.key, place.school_key, place.name, place.uai
            FROM (SELECT DISTINCT kind, key, school FROM stage_membership) member CROSS JOIN place
            WHERE place.kind = member.kind AND place.key = member.key AND place.feed = ?1 AND place.school_key = member.school
                AND NOT EXISTS (
                SELECT 1 FROM stage_scope scope
                WHERE scope.kind = place.kind AND scope.key = place.key AND scope.school = place.school_key)
            """,
            feed
        )
    }

    /// Finds the rows that the directory has of what is on the stage.
    private func resolve() throws {
        try connection.run(
            """
            UPDATE stage_person SET (id, was) = (
                SELECT id, kind FROM person WHERE person.key = stage_person.key AND person.feed = ?1)
            """,
            feed
        )
        try connection.run(
            """
            UPDATE stage_place SET id = (
                SELECT id FROM place WHERE place.kind = stage_place.kind AND place.key = stage_place.key AND place.feed = ?1
                    AND place.school_key = stage_place.school)
            """,
            feed
        )
        try connection.run(
            """
            UPDATE stage_scope SET id = CASE WHEN kind = 3
                THEN (SELECT id FROM person WHERE person.key = stage_scope.key AND person.feed = ?1)
                ELSE (SELECT id FROM place WHERE place.kind = stage_scope.kind AND place.key = stage_scope.key AND place.feed = ?1
                    AND place.school_key = stage_scope.school) END
            """,
            feed
        )
    }

    // MARK: Changes

    private static let insert = "INSERT INTO stage_change(kind, action, key, other, school)"
    private static let inScope = """
        EXISTS (SELECT 1 FROM stage_scope scope WHERE scope.kind = 3 AND scope.key = stage.key AND scope.school = '')
        """

    private func fillPlaces() throws {
        try connection.execute(
            """
            \(Self.insert) SELECT kind, 0, key, '', school FROM stage_place WHERE id IS NULL;
            \(Self.insert) SELECT stage.kind, 1, stage.key, '', stage.school FROM stage_place stage JOIN place ON place.id = stage.id
                WHERE place.name <> stage.name OR place.uai IS DISTINCT FROM stage.uai;
            \(Self.insert) SELECT scope.kind, 2, scope.key, '', scope.school FROM stage_scope scope
                WHERE scope.kind < 3 AND scope.id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM stage_place stage
                    WHERE stage.kind = scope.kind AND stage.key = scope.key AND stage.school = scope.school);
            """
        )
    }

    /// Pupils and staff; pupils are changed when names, classes, groups, schools or days differ.
    private func fillPersons() throws {
        try connection.execute(
            """
            \(Self.insert) SELECT stage.kind + 2, 0, stage.key, '', '' FROM stage_person stage
                WHERE stage.kind IN (1, 3) AND stage.was IS DISTINCT FROM stage.kind AND \(Self.inScope);
            \(Self.insert) SELECT person.kind + 2, 2, scope.key, '', '' FROM stage_scope scope
                JOIN person ON person.id = scope.id AND person.kind IN (1, 3)
                WHERE scope.kind = 3 AND NOT EXISTS (
                    SELECT 1 FROM stage_person stage WHERE stage.key = scope.key AND stage.kind = person.kind);
            \(Self.insert) SELECT 5, 1, stage.key, '', '' FROM stage_person stage JOIN person ON person.id = stage.id
                WHERE stage.kind = 3 AND stage.was = 3 AND (person.last_name <> stage.last_name OR person.first_name <> stage.first_name);
            \(Self.insert) SELECT 3, 1, key, '', '' FROM (
                SELECT stage.key AS key FROM stage_person stage JOIN person ON person.id = stage.id
                    WHERE stage.kind = 1 AND stage.was = 1
                        AND (person.last_name <> stage.last_name OR person.first_name <> stage.first_name)
                UNION SELECT stage.key FROM stage_person stage CROSS JOIN stage_membership member CROSS JOIN stage_place place
                    LEFT JOIN membership ON membership.place = place.id AND membership.person = stage.id
                    WHERE member.person = stage.key AND place.kind = member.kind AND place.key = member.key
                        AND place.school = member.school AND stage.kind = 1 AND stage.was = 1 AND (membership.person IS NULL
                        OR membership.from_day IS DISTINCT FROM member.from_day
                        OR membership.to_day IS DISTINCT FROM member.to_day)
                UNION SELECT stage.key FROM stage_person stage CROSS JOIN membership CROSS JOIN place
                    WHERE membership.person = stage.id AND place.id = membership.place AND stage.kind = 1 AND stage.was = 1
                        AND \(Self.inScope) AND NOT EXISTS (
                        SELECT 1 FROM stage_membership member CROSS JOIN stage_place there
                        WHERE there.kind = member.kind AND there.key = member.key AND there.school = member.school
                            AND member.person = stage.key AND member.kind = place.kind AND member.key = place.key
                            AND member.school = place.school_key)
            );
            """
        )
    }

    /// An adult is a guardian through any pupil, also one the export does not speak of.
    private func fillGuardians() throws {
        let before = """
            EXISTS (SELECT 1 FROM guardianship CROSS JOIN person pupil CROSS JOIN person adult
                WHERE pupil.id = guardianship.pupil AND pupil.kind = 1 AND adult.id = guardianship.record AND adult.kind = 2
                    AND guardianship.record = guardian_id)
            """
        let staysElsewhere = """
            EXISTS (SELECT 1 FROM guardianship CROSS JOIN person pupil
                WHERE pupil.id = guardianship.pupil AND pupil.kind = 1 AND guardianship.record = guardian_id AND NOT EXISTS (
                    SELECT 1 FROM stage_scope scope WHERE scope.kind = 3 AND scope.key = pupil.key AND scope.school = ''))
            """
        let staysHere = """
            EXISTS (SELECT 1 FROM stage_link link CROSS JOIN stage_person pupil CROSS JOIN stage_person adult CROSS JOIN stage_scope scope
                WHERE pupil.key = link.pupil AND pupil.kind = 1 AND adult.key = link.guardian AND adult.kind = 2 AND scope.kind = 3
                    AND scope.key = pupil.key AND scope.school = '' AND link.guardian = gone.guardian)
            """
        try connection.execute(
            """
            \(Self.insert) SELECT 4, 0, guardian, min(pupil), '' FROM (\(Self.stagedLinks)) new
                WHERE NOT \(before) GROUP BY guardian;
            \(Self.insert) SELECT 4, 2, guardian, min(pupil), '' FROM (\(Self.currentLinks)) gone
                WHERE NOT \(staysHere) AND NOT \(staysElsewhere) GROUP BY guardian;
            \(Self.insert) SELECT 4, 1, stage.key, coalesce((
                    SELECT min(pupil.key) FROM guardianship CROSS JOIN person pupil
                    WHERE pupil.id = guardianship.pupil AND pupil.kind = 1 AND guardianship.record = stage.id), ''), ''
                FROM stage_person stage JOIN person ON person.id = stage.id
                WHERE stage.kind = 2 AND stage.was = 2
                    AND (person.last_name <> stage.last_name OR person.first_name <> stage.first_name)
                    AND EXISTS (SELECT 1 FROM guardianship CROSS JOIN person pupil
                    WHERE pupil.id = guardianship.pupil AND pupil.kind = 1 AND guardianship.record = stage.id)
                    AND NOT EXISTS (SELECT 1 FROM stage_change gone WHERE gone.kind = 4 AND gone.action = 2 AND gone.key = stage.key);
            """
        )
    }

    private func fillLinks() throws {
        try connection.execute(
            """
            \(Self.insert) SELECT 6, 0, pupil, guardian, '' FROM (\(Self.stagedLinks)) link
                WHERE NOT EXISTS (
                    SELECT 1 FROM guardianship CROSS JOIN person pupil CROSS JOIN person adult
                    WHERE pupil.id = guardianship.pupil AND pupil.kind = 1 AND adult.id = guardianship.record AND adult.kind = 2
                        AND guardianship.pupil = link.pupil_id AND guardianship.record = link.guardian_id);
            \(Self.insert) SELECT 6, 2, pupil, guardian, '' FROM (\(Self.currentLinks)) link
                WHERE NOT EXISTS (
                    SELECT 1 FROM stage_link stage
                    CROSS JOIN stage_person child CROSS JOIN stage_person adult
                    WHERE child.key = stage.pupil AND child.kind = 1 AND adult.key = stage.guardian AND adult.kind = 2
                        AND stage.pupil = link.pupil AND stage.guardian = link.guardian);
            """
        )
    }

    private func fillUsers() throws {
        let isTied = "EXISTS (SELECT 1 FROM account_record tie WHERE tie.account = account.id)"
        try connection.execute(
            """
            \(Self.insert) SELECT 7, CASE WHEN stage.is_removed = 1 THEN 2 WHEN \(isTied) THEN 1 ELSE 0 END, stage.ent_id, '', ''
                FROM stage_user stage LEFT JOIN account ON account.ent_id = stage.ent_id
                WHERE CASE WHEN stage.is_removed = 1 THEN \(isTied)
                    ELSE NOT EXISTS (
                            SELECT 1 FROM person CROSS JOIN account_record tie
                            WHERE tie.record = person.id AND tie.account = account.id AND person.key = stage.key
                                AND person.feed = (SELECT id FROM feed WHERE name = stage.feed))
                        OR (stage.profile IS NOT NULL AND account.profile IS DISTINCT FROM stage.profile)
                        OR (stage.locale IS NOT NULL AND account.locale IS DISTINCT FROM stage.locale) END
            """
        )
    }

    /// The school of each change: that of the person, or of the pupil in between; the one of the export before that of the directory.
    private func attribute() throws {
        let person = "CASE WHEN stage_change.kind = 4 THEN stage_change.other ELSE stage_change.key END"
        try connection.run(
            """
            UPDATE stage_change SET school = coalesce(
                (SELECT key FROM stage_membership WHERE person = \(person) AND kind = 0 LIMIT 1),
                (SELECT place.key FROM person CROSS JOIN membership CROSS JOIN place
                    WHERE membership.person = person.id AND place.id = membership.place AND place.kind = 0 AND person.key = \(person)
                        AND person.feed = ?1 LIMIT 1), '')
            WHERE kind BETWEEN 3 AND 6
            """,
            feed
        )
    }

    // MARK: The report

    func counts() throws -> ImportReport.Diff {
        var diff = ImportReport.Diff()
        try connection.query("SELECT kind, action, count(*) FROM stage_change GROUP BY kind, action") { row in
            guard let kind = DirectoryChange.Kind(rawValue: row.int(0)) else { return }
            diff[kind].set(action: row.int(1), row.int(2))
        }
        return diff
    }

    /// Kinds and actions told by ``perSchool()``: of a region's new school year all schools have changes.
    private static let groupsMax = 1000

    /// The changes school by school, with a few keys of each for whoever looks.
    func perSchool() throws -> [ImportReport.SchoolChanges] {
        var schools: [ImportReport.SchoolChanges] = []
        try connection.query(
            """
            SELECT coalesce(staged.uai, place.uai, change.school), change.kind, action, total, change.school FROM (
                SELECT school, kind, action, count(*) AS total FROM stage_change WHERE kind < 7 GROUP BY school, kind, action
                ORDER BY school, kind, action LIMIT ?2) change
            LEFT JOIN stage_place staged ON staged.kind = 0 AND staged.key = change.school AND staged.school = change.school
            LEFT JOIN place ON place.kind = 0 AND place.key = change.school AND place.feed = ?1 AND place.school_key = change.school
            ORDER BY change.school, change.kind, action
            """,
            feed,
            Self.groupsMax
        ) { row in
            guard let kind = DirectoryChange.Kind(rawValue: row.int(1)) else { return }
            let (school, action) = (row.text(0), row.int(2))
            if schools.last?.school != school { schools.append(.init(school: school)) }
            try connection.query(
                "SELECT key FROM stage_change WHERE school = ? AND kind = ? AND action = ? ORDER BY key LIMIT ?",
                row.text(4),
                row.int(1),
                action,
                ImportReport.SchoolChanges.examplesMax
            ) { example in
                schools[schools.count - 1].add(kind, action: action, total: row.int(3), example: example.text(0))
            }
        }
        return schools
    }
}

extension ImportReport.Diff {
    subscript(kind: DirectoryChange.Kind) -> ImportReport.Change {
        get {
            switch kind {
            case .school: schools
            case .schoolClass: classes
            case .group: groups
            case .pupil: pupils
            case .guardian: guardians
            case .staff: staff
            case .link: links
            case .user: users
            }
        }
        set {
            switch kind {
            case .school: schools = newValue
            case .schoolClass: classes = newValue
            case .group: groups = newValue
            case .pupil: pupils = newValue
            case .guardian: guardians = newValue
            case .staff: staff = newValue
            case .link: links = newValue
            case .user: users = newValue
            }
        }
    }
}

extension ImportReport.Change {
    /// `action`: 0 added, 1 changed, 2 removed.
    mutating func set(action: Int, _ count: Int) {
        switch action {
        case 0: added = count
        case 1: changed = count
        default: removed = count
        }
    }
}
