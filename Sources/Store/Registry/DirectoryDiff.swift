import Database
import Domain

/// A complete delivery on the stage against what the same feed brought before: counted, held against the limits, applied.
/// Runs inside the transaction of the import.
struct DirectoryDiff {
    let connection: any Session
    let feed: Int

    // What is on the stage counts as the feed means it: a link needs both records, a guardian is an adult with a link, and nobody is in
    // a place that is not there.
    private static let stagedLinks = """
        SELECT link.pupil AS pupil, link.guardian AS guardian, link.raw AS raw FROM stage_link link
        JOIN stage_person adult ON adult.key = link.guardian AND adult.kind = 2
        JOIN stage_person pupil ON pupil.key = link.pupil AND pupil.kind = 1
        """
    private static let stagedPairs = "SELECT pupil, guardian FROM (\(stagedLinks))"
    private static let currentLinks = """
        SELECT pupil.key AS pupil, adult.key AS guardian FROM guardianship
        JOIN person pupil ON pupil.id = guardianship.pupil AND pupil.feed = ?1 JOIN person adult ON adult.id = guardianship.guardian
        """
    private static let stagedMemberships = """
        SELECT stage.person AS person, stage.kind AS kind, stage.key AS key, from_day, to_day FROM stage_membership stage
        JOIN stage_place place ON place.kind = stage.kind AND place.key = stage.key
        JOIN stage_person person ON person.key = stage.person
        """
    private static let currentMemberships = """
        SELECT person.key AS person, place.kind AS kind, place.key AS key, from_day, to_day FROM membership
        JOIN person ON person.id = membership.person AND person.feed = ?1 JOIN place ON place.id = membership.place
        """

    func counts() throws -> ImportReport.Diff {
        var diff = ImportReport.Diff()
        diff.schools = try places(kind: 0)
        diff.classes = try places(kind: 1)
        diff.groups = try places(kind: 2)
        diff.pupils = try pupils()
        diff.staff = try persons(kind: .staff)
        diff.guardians = try guardians()
        diff.links.added = try count("\(Self.stagedPairs) EXCEPT \(Self.currentLinks)")
        diff.links.removed = try count("\(Self.currentLinks) EXCEPT \(Self.stagedPairs)")
        return diff
    }

    /// Guardians that pupils name and the delivery has no record of: no guardian, and a warning each.
    func missingGuardians() throws -> [ImportWarning] {
        try connection.all(
            """
            SELECT pupil, guardian FROM stage_link WHERE guardian NOT IN (SELECT key FROM stage_person WHERE kind = 2)
            ORDER BY pupil, guardian
            """
        ) { row in
            ImportWarning(
                file: "",
                line: 0,
                record: row.text(0),
                code: "guardianMissing",
                detail: "The pupil names the guardian \(row.text(1)), who has no record."
            )
        }
    }

    /// Limits that applying would pass, school by school.
    func passedLimits(_ limits: ImportLimits) throws -> [ImportReport.Hold] {
        var held: [ImportReport.Hold] = []
        let schools = try connection.all(
            "SELECT id, key, coalesce(uai, key) FROM place WHERE kind = 0 AND feed = ? ORDER BY key",
            feed
        ) {
            ($0.int64(0), $0.text(1), $0.text(2))
        }
        for (id, key, uai) in schools {
            if try connection.first(
                "SELECT 1 FROM stage_place WHERE kind = 0 AND key = ?",
                key,
                row: { $0.int(0) }
            ) == nil {
                held.append(.init(school: uai, limit: "schoolAbsent", value: 1))
                continue
            }
            for (name, current, staged) in Self.shares {
                let before = try connection.first("SELECT count(*) FROM (\(current))", id, key, feed) { $0.int(0) } ?? 0
                guard before > 0 else { continue }
                let gone =
                    try connection.first("SELECT count(*) FROM (\(current) EXCEPT \(staged))", id, key, feed) {
                        $0.int(0)
                    } ?? 0
                let share = Double(gone) / Double(before)
                if share > limits.removedShareMax {
                    held.append(.init(school: uai, limit: name, value: (share * 1000).rounded() / 1000))
                }
            }
        }
        return held
    }

    /// What a school may lose: (limit's name, what it has: ?1 place, ?2 key, ?3 feed, what the stage gives it).
    private static let shares: [(String, String, String)] = {
        let pupils =
            "SELECT person FROM membership JOIN person p ON p.id = membership.person AND p.feed = ?3 WHERE place = ?1 AND p.kind = 1"
        let staged = "SELECT person FROM stage_membership WHERE kind = 0 AND key = ?2"
        return [
            (
                "pupilsRemoved", "SELECT key FROM person WHERE id IN (\(pupils))", staged
            ),
            (
                "guardiansRemoved",
                "SELECT DISTINCT a.key FROM guardianship g JOIN person a ON a.id = g.guardian WHERE g.pupil IN (\(pupils))",
                "SELECT guardian FROM (\(stagedLinks)) WHERE pupil IN (\(staged))"
            ),
            (
                "linksRemoved",
                "SELECT p.key, a.key FROM guardianship g JOIN person p ON p.id = g.pupil JOIN person a ON a.id = g.guardian"
                    + " WHERE g.pupil IN (\(pupils))",
                "\(stagedPairs) WHERE pupil IN (\(staged))"
            ),
        ]
    }()

    private func places(kind: Int) throws -> ImportReport.Change {
        try ImportReport.Change(
            added: count(
                "SELECT key FROM stage_place WHERE kind = \(kind) EXCEPT SELECT key FROM place WHERE kind = \(kind) AND feed = ?1"
            ),
            changed: count(
                """
                SELECT stage.key FROM stage_place stage JOIN place ON place.kind = stage.kind AND place.key = stage.key
                WHERE stage.kind = \(kind) AND place.feed = ?1 AND (place.name <> stage.name OR place.uai IS NOT stage.uai)
                """
            ),
            removed: count(
                "SELECT key FROM place WHERE kind = \(kind) AND feed = ?1 EXCEPT SELECT key FROM stage_place WHERE kind = \(kind)"
            )
        )
    }

    private func persons(kind: PersonKind) throws -> ImportReport.Change {
        try ImportReport.Change(
            added: count(
                """
                SELECT key FROM stage_person WHERE kind = \(kind.rawValue)
                EXCEPT SELECT key FROM person WHERE kind = \(kind.rawValue) AND feed = ?1
                """
            ),
            changed: count(renamed(kind)),
            removed: count(
                """
                SELECT key FROM person WHERE kind = \(kind.rawValue) AND feed = ?1
                EXCEPT SELECT key FROM stage_person WHERE kind = \(kind.rawValue)
                """
            )
        )
    }

    /// Pupils count as changed when their names or their classes, groups, schools or dates differ.
    private func pupils() throws -> ImportReport.Change {
        var change = try persons(kind: .pupil)
        change.changed = try count(
            """
            SELECT key FROM (\(renamed(.pupil))) UNION SELECT person FROM (
                SELECT * FROM (\(Self.stagedMemberships) EXCEPT \(Self.currentMemberships))
                UNION SELECT * FROM (\(Self.currentMemberships) EXCEPT \(Self.stagedMemberships)))
            WHERE person IN (SELECT key FROM person WHERE feed = ?1 AND kind = 1) AND person IN (SELECT key FROM stage_person)
            """
        )
        return change
    }

    private func guardians() throws -> ImportReport.Change {
        try ImportReport.Change(
            added: count(
                "SELECT guardian FROM (\(Self.stagedLinks)) EXCEPT SELECT guardian FROM (\(Self.currentLinks))"
            ),
            changed: count("\(renamed(.guardian)) AND person.key IN (SELECT guardian FROM (\(Self.currentLinks)))"),
            removed: count(
                "SELECT guardian FROM (\(Self.currentLinks)) EXCEPT SELECT guardian FROM (\(Self.stagedLinks))"
            )
        )
    }

    private func renamed(_ kind: PersonKind) -> String {
        """
        SELECT person.key AS key FROM person JOIN stage_person stage ON stage.key = person.key AND stage.kind = person.kind
        WHERE person.feed = ?1 AND person.kind = \(kind.rawValue)
            AND (person.last_name <> stage.last_name OR person.first_name <> stage.first_name)
        """
    }

    private func count(_ select: String) throws -> Int {
        // ?1 is the feed; statements that do not use it carry it all the same, so that one call serves all.
        try connection.first("SELECT count(*) FROM (\(select)) WHERE ?1 = ?1", feed) { $0.int(0) } ?? 0
    }

    /// Makes the directory equal to the stage for this feed. Rows that have an account or devices stay as kind 0.
    func apply(day: CalendarDay) throws {
        try run("DELETE FROM membership WHERE person IN (SELECT id FROM person WHERE feed = ?1)")
        try run(
            """
            DELETE FROM guardianship WHERE pupil IN (SELECT id FROM person WHERE feed = ?1) AND (pupil, guardian) NOT IN (
                SELECT p.id, a.id FROM (\(Self.stagedLinks)) link JOIN person p ON p.key = link.pupil JOIN person a ON a.key = link.guardian)
            """
        )
        try run(
            """
            UPDATE person SET kind = 0, feed = 0, last_name = '', first_name = ''
            WHERE feed = ?1 AND key NOT IN (SELECT key FROM stage_person)
            """
        )
        try run(
            """
            INSERT INTO person(kind, key, last_name, first_name, feed) SELECT kind, key, last_name, first_name, ?1
            FROM stage_person WHERE true
            ON CONFLICT(key) DO UPDATE SET kind = excluded.kind, last_name = excluded.last_name, first_name = excluded.first_name, feed = ?1
            """
        )
        try applyPlaces()
        try run(
            """
            INSERT INTO membership(person, place, from_day, to_day) SELECT person.id, place.id, stage.from_day, stage.to_day
            FROM (\(Self.stagedMemberships)) stage JOIN person ON person.key = stage.person
            JOIN place ON place.kind = stage.kind AND place.key = stage.key WHERE ?1 = ?1
            """
        )
        try connection.run(
            """
            INSERT INTO guardianship(pupil, guardian, raw, since) SELECT p.id, a.id, link.raw, ?1
            FROM (\(Self.stagedLinks)) link JOIN person p ON p.key = link.pupil JOIN person a ON a.key = link.guardian WHERE true
            ON CONFLICT(pupil, guardian) DO UPDATE SET raw = excluded.raw
            """,
            Int64(day.daysSince1970)
        )
        // Nobody is kept who has no account, no device and no place in the directory any more.
        try run(
            """
            DELETE FROM person WHERE kind = 0 AND ent_id IS NULL AND ?1 = ?1 AND id NOT IN (SELECT owner FROM device)
            """
        )
    }

    private func applyPlaces() throws {
        try run("DELETE FROM place WHERE feed = ?1 AND (kind, key) NOT IN (SELECT kind, key FROM stage_place)")
        // In two steps, so that two schools may exchange their UAI. Of two schools with one UAI the first key has it, and the feed that
        // brought it first.
        try run(
            """
            INSERT INTO place(kind, key, name, feed) SELECT kind, key, name, ?1 FROM stage_place WHERE true
            ON CONFLICT(kind, key) DO UPDATE SET name = excluded.name, uai = NULL, feed = ?1
            """
        )
        try run(
            """
            UPDATE place SET uai = stage.uai FROM (
                SELECT min(key) AS key, uai FROM stage_place WHERE kind = 0 AND uai IS NOT NULL GROUP BY uai) stage
            WHERE place.kind = 0 AND place.key = stage.key AND place.feed = ?1
                AND NOT EXISTS (SELECT 1 FROM place other WHERE other.uai = stage.uai)
            """
        )
        try run(
            """
            UPDATE place SET school = (
                SELECT school.id FROM stage_place stage JOIN place school ON school.kind = 0 AND school.key = stage.school
                WHERE stage.kind = place.kind AND stage.key = place.key)
            WHERE feed = ?1
            """
        )
    }

    private func run(_ sql: String) throws {
        try connection.run(sql, feed)
    }
}
