import Database
import Domain

/// Makes the directory equal to the stage, as far as the delivery speaks. Persons who have an account, a device or a pupil who names them keep
/// their row (kind 0) and find it again when they come back.
struct DirectoryApply {
    let connection: any Session
    let diff: DirectoryDiff
    /// What brings it, for whoever asks why somebody is in the directory.
    let importID: Int64
    let day: CalendarDay

    private var feed: Int64 { diff.feed }

    func run() throws {
        try removePlaces()
        try applyPersons()
        try applyPlaces()
        try diff.resolve()
        try applyMemberships()
        try applyLinks()
        try applyUsers()
        try forgetGone()
    }

    private func removePlaces() throws {
        let gone = """
            SELECT scope.id FROM stage_scope scope WHERE scope.kind < 3 AND scope.id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM stage_place stage
                WHERE stage.kind = scope.kind AND stage.key = scope.key AND stage.school = scope.school)
            """
        try connection.execute(
            "DELETE FROM membership WHERE place IN (\(gone)); DELETE FROM place WHERE id IN (\(gone));"
        )
    }

    private func applyPlaces() throws {
        try connection.run(
            """
            INSERT INTO place(kind, feed, school_key, key, name, import) SELECT kind, ?1, school, key, name, ?2 FROM stage_place
            WHERE id IS NULL
            """,
            feed,
            importID
        )
        try connection.run(
            """
            UPDATE place SET name = stage.name, import = ?1 FROM stage_place stage
            WHERE place.id = stage.id AND place.name <> stage.name
            """,
            importID
        )
        // In two steps, so that two schools may exchange their UAI. Of two schools with one UAI the first key has it, and the feed that
        // brought it first.
        try connection.run(
            """
            UPDATE place SET uai = NULL FROM stage_place stage WHERE place.kind = 0 AND stage.kind = 0 AND place.id = stage.id
                AND place.uai IS DISTINCT FROM stage.uai
            """
        )
        try connection.run(
            """
            UPDATE place SET uai = stage.uai FROM (
                SELECT min(key) AS key, uai FROM stage_place WHERE kind = 0 AND uai IS NOT NULL GROUP BY uai) stage
            WHERE place.kind = 0 AND place.key = stage.key AND place.feed = ?1 AND place.uai IS DISTINCT FROM stage.uai
                AND NOT EXISTS (SELECT 1 FROM place other WHERE other.uai = stage.uai)
            """,
            feed
        )
        try connection.run(
            """
            UPDATE place SET school = (
                SELECT school.id FROM place school
                WHERE school.kind = 0 AND school.key = place.school_key AND school.feed = ?1 AND school.school_key = place.school_key)
            WHERE feed = ?1 AND (school IS NULL OR NOT EXISTS (SELECT 1 FROM place school WHERE school.id = place.school))
            """,
            feed
        )
    }

    private func applyPersons() throws {
        try connection.execute(
            """
            UPDATE person SET kind = 0, last_name = '', first_name = '' WHERE id IN (
                SELECT scope.id FROM stage_scope scope WHERE scope.kind = 3 AND scope.id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM stage_person stage WHERE stage.key = scope.key))
            """
        )
        try connection.run(
            """
            UPDATE person SET kind = stage.kind, last_name = stage.last_name, first_name = stage.first_name,
                import = CASE WHEN person.kind = stage.kind THEN person.import ELSE ?1 END
            FROM stage_person stage WHERE person.id = stage.id AND (person.kind <> stage.kind
                OR person.last_name <> stage.last_name OR person.first_name <> stage.first_name)
            """,
            importID
        )
        try connection.run(
            """
            INSERT INTO person(kind, feed, key, last_name, first_name, import)
            SELECT kind, ?1, key, last_name, first_name, ?2 FROM stage_person WHERE id IS NULL ORDER BY key
            """,
            feed,
            importID
        )
        // Whom a pupil names before the record came: so a later delta makes a guardian of him or her.
        try connection.run(
            """
            INSERT INTO person(kind, feed, key) SELECT DISTINCT 0, ?1, link.guardian FROM stage_link link
            WHERE NOT EXISTS (SELECT 1 FROM person WHERE person.key = link.guardian AND person.feed = ?1)
            """,
            feed
        )
    }

    private func applyMemberships() throws {
        try connection.execute(
            """
            DELETE FROM membership WHERE (place, person) IN (
                SELECT membership.place, membership.person FROM stage_scope scope
                CROSS JOIN membership ON membership.person = scope.id CROSS JOIN place ON place.id = membership.place
                LEFT JOIN stage_membership member ON member.person = scope.key AND member.kind = place.kind
                    AND member.key = place.key AND member.school = place.school_key
                WHERE scope.kind = 3 AND scope.id IS NOT NULL AND member.person IS NULL)
            """
        )
        try connection.run(
            """
            INSERT INTO membership(place, person, from_day, to_day, import)
            SELECT place.id, stage.id, member.from_day, member.to_day, ?1 FROM stage_membership member
            CROSS JOIN stage_person stage ON stage.key = member.person
            CROSS JOIN stage_place place ON place.kind = member.kind AND place.key = member.key AND place.school = member.school
            WHERE stage.id IS NOT NULL AND place.id IS NOT NULL
            ON CONFLICT(place, person) DO UPDATE SET from_day = excluded.from_day, to_day = excluded.to_day, import = excluded.import
            WHERE membership.from_day IS DISTINCT FROM excluded.from_day OR membership.to_day IS DISTINCT FROM excluded.to_day
            """,
            importID
        )
    }

    private func applyLinks() throws {
        try connection.execute(
            """
            DELETE FROM guardianship WHERE (pupil, guardian) IN (
                SELECT guardianship.pupil, guardianship.guardian FROM stage_scope scope
                CROSS JOIN guardianship ON guardianship.pupil = scope.id CROSS JOIN person ON person.id = guardianship.guardian
                LEFT JOIN stage_link link ON link.pupil = scope.key AND link.guardian = person.key
                WHERE scope.kind = 3 AND scope.id IS NOT NULL AND link.pupil IS NULL)
            """
        )
        try connection.run(
            """
            INSERT INTO guardianship(pupil, guardian, raw, since, import)
            SELECT pupil.id, adult.id, link.raw, ?1, ?2 FROM stage_link link
            CROSS JOIN stage_person pupil ON pupil.key = link.pupil AND pupil.kind = 1
            CROSS JOIN person adult ON adult.key = link.guardian AND adult.feed = ?3 WHERE pupil.id IS NOT NULL
            ON CONFLICT(pupil, guardian) DO UPDATE SET raw = excluded.raw WHERE guardianship.raw <> excluded.raw
            """,
            Int64(day.daysSince1970),
            importID,
            feed
        )
    }

    private func applyUsers() throws {
        let users = try connection.all(
            """
            SELECT stage.ent_id, stage.feed, stage.key, stage.profile, stage.locale, stage.is_removed FROM stage_user stage
            WHERE EXISTS (SELECT 1 FROM stage_change WHERE stage_change.kind = 7 AND stage_change.key = stage.ent_id)
            ORDER BY stage.line, stage.ent_id
            """
        ) {
            (
                id: $0.text(0), feed: $0.int64(1), key: $0.text(2), profile: $0.intOrNil(3), locale: $0.textOrNil(4),
                isRemoved: $0.int(5) == 1
            )
        }
        for user in users {
            if user.isRemoved {
                try AccountTie(connection: connection).part(user.id)
            } else {
                try AccountTie(connection: connection).tie(
                    user.id,
                    feed: user.feed,
                    key: user.key,
                    profile: user.profile,
                    locale: user.locale
                )
            }
        }
    }

    /// Nobody is kept who has no account, no device and no place in the directory any more.
    private func forgetGone() throws {
        try connection.execute(
            """
            DELETE FROM person WHERE kind = 0 AND NOT EXISTS (SELECT 1 FROM account WHERE account.person = person.id)
                AND NOT EXISTS (SELECT 1 FROM device WHERE device.owner = person.id)
                AND NOT EXISTS (SELECT 1 FROM restriction WHERE restriction.person = person.id)
                AND NOT EXISTS (SELECT 1 FROM guardianship WHERE guardianship.guardian = person.id)
            """
        )
    }
}
