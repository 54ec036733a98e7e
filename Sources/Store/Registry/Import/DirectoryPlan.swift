import Database

/// Writes down what an import changes, row by row, so that the writer joins and compares nothing. On the session and the state of the directory
/// of ``DirectoryDiff``, after it.
struct DirectoryPlan {
    let connection: any Session
    let feed: Int64

    /// Steps of plan_place, in their order. Two schools may exchange their UAI: first both give it up.
    enum PlaceStep: Int {
        case remove, add, rename, giveUpUAI, takeUAI, seat
    }

    func make() throws {
        try connection.execute(StageSchema.plan)
        try planPersons()
        try planPlaces()
        try planMemberships()
        try planLinks()
        try planForgetting()
    }

    private func planPersons() throws {
        try connection.execute(
            """
            INSERT INTO plan_person(ref, kind, key, last_name, first_name)
            SELECT scope.id, 0, scope.key, '', '' FROM stage_scope scope CROSS JOIN person
            WHERE person.id = scope.id AND person.kind <> 0 AND scope.kind = 3
                AND NOT EXISTS (SELECT 1 FROM stage_person stage WHERE stage.key = scope.key)
            """
        )
        // Whom a pupil names before the record came: so a later delta makes a guardian of him or her.
        try connection.run(
            """
            INSERT INTO stage_person(key, kind, last_name, first_name, id, was)
            SELECT link.guardian, 0, '', '', person.id, person.kind FROM (SELECT DISTINCT guardian FROM stage_link) link
            LEFT JOIN person ON person.key = link.guardian AND person.feed = ?1
            WHERE NOT EXISTS (SELECT 1 FROM stage_person stage WHERE stage.key = link.guardian)
            """,
            feed
        )
        try connection.execute(
            """
            UPDATE stage_person SET id = fresh.ref FROM (
                SELECT key AS name, -row_number() OVER (ORDER BY key) AS ref FROM stage_person WHERE id IS NULL) fresh
            WHERE stage_person.key = fresh.name;
            INSERT INTO plan_person(ref, kind, key, last_name, first_name)
            SELECT id, kind, key, last_name, first_name FROM stage_person WHERE id < 0 ORDER BY key DESC;
            \(StageSchema.personNumbers);
            INSERT INTO plan_person(ref, kind, key, last_name, first_name)
            SELECT stage.id, stage.kind, stage.key, stage.last_name, stage.first_name
            FROM stage_person stage CROSS JOIN person
            WHERE person.id = stage.id AND stage.id > 0 AND stage.kind <> 0 AND (person.kind <> stage.kind
                OR person.last_name <> stage.last_name OR person.first_name <> stage.first_name);
            """
        )
    }

    private func planPlaces() throws {
        let insert = "INSERT INTO plan_place(step, ref, kind, school, key, word)"
        try connection.execute(
            """
            UPDATE stage_place SET id = fresh.ref FROM (
                SELECT kind AS sort, key AS name, school AS seat, -row_number() OVER (ORDER BY kind, school, key) AS ref
                FROM stage_place WHERE id IS NULL) fresh
            WHERE stage_place.kind = fresh.sort AND stage_place.key = fresh.name AND stage_place.school = fresh.seat;
            \(insert) SELECT 0, scope.id, scope.kind, scope.school, scope.key, '' FROM stage_scope scope
            WHERE scope.kind < 3 AND scope.id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM stage_place stage
                WHERE stage.kind = scope.kind AND stage.key = scope.key AND stage.school = scope.school);
            \(insert) SELECT 1, id, kind, school, key, name FROM stage_place WHERE id < 0 ORDER BY id DESC;
            \(insert) SELECT 2, stage.id, stage.kind, stage.school, stage.key, stage.name
            FROM stage_place stage CROSS JOIN place WHERE place.id = stage.id AND place.name <> stage.name;
            \(insert) SELECT 3, stage.id, 0, stage.school, stage.key, ''
            FROM stage_place stage CROSS JOIN place
            WHERE place.id = stage.id AND stage.kind = 0 AND place.uai IS NOT NULL AND place.uai IS DISTINCT FROM stage.uai;
            """
        )
        // Of two schools with one UAI the first key has it, and the feed that brought it first.
        try connection.execute(
            """
            \(insert) SELECT 4, stage.id, 0, stage.school, stage.key, first.uai FROM (
                SELECT min(key) AS key, uai FROM stage_place WHERE kind = 0 AND uai IS NOT NULL GROUP BY uai) first
            CROSS JOIN stage_place stage
            LEFT JOIN place ON place.id = stage.id
            WHERE stage.kind = 0 AND stage.key = first.key AND stage.school = first.key AND place.uai IS DISTINCT FROM first.uai
            """
        )
        // Classes without a school, also those whose school goes.
        try connection.run(
            """
            \(insert) SELECT 5, place.id, place.kind, place.school_key, place.key, '' FROM place
            LEFT JOIN place school ON school.id = place.school
            WHERE place.feed = ?1 AND (school.id IS NULL OR school.id IN (SELECT ref FROM plan_place WHERE step = 0))
                AND place.id NOT IN (SELECT ref FROM plan_place WHERE step = 0)
            """,
            feed
        )
    }

    private func planMemberships() throws {
        let insert = "INSERT INTO plan_membership(place, person, is_gone, from_day, to_day)"
        try connection.execute(
            """
            \(insert) SELECT membership.place, membership.person, 1, NULL, NULL FROM stage_scope scope
            CROSS JOIN membership CROSS JOIN place
            LEFT JOIN stage_membership member ON member.person = scope.key AND member.kind = place.kind
                AND member.key = place.key AND member.school = place.school_key
            WHERE membership.person = scope.id AND place.id = membership.place AND scope.kind = 3 AND scope.id IS NOT NULL
                AND member.person IS NULL;
            \(insert) SELECT place.id, person.id, 0, member.from_day, member.to_day FROM stage_membership member
            CROSS JOIN stage_person person CROSS JOIN stage_place place
            LEFT JOIN membership ON membership.place = place.id AND membership.person = person.id
            WHERE person.key = member.person AND place.kind = member.kind AND place.key = member.key AND place.school = member.school
                AND (membership.person IS NULL OR membership.from_day IS DISTINCT FROM member.from_day
                    OR membership.to_day IS DISTINCT FROM member.to_day)
            ORDER BY place.id DESC, person.id DESC;
            """
        )
    }

    private func planLinks() throws {
        let insert = "INSERT INTO plan_link(pupil, adult, is_gone, raw)"
        try connection.execute(
            """
            \(insert) SELECT guardianship.pupil, guardianship.record, 1, '' FROM stage_scope scope
            CROSS JOIN guardianship CROSS JOIN person
            LEFT JOIN stage_link link ON link.pupil = scope.key AND link.guardian = person.key
            WHERE guardianship.pupil = scope.id AND person.id = guardianship.record AND scope.kind = 3 AND scope.id IS NOT NULL
                AND link.pupil IS NULL;
            \(insert) SELECT pupil.id, adult.id, 0, link.raw FROM stage_link link
            CROSS JOIN stage_person pupil CROSS JOIN stage_person adult
            LEFT JOIN guardianship ON guardianship.pupil = pupil.id AND guardianship.record = adult.id
            WHERE (guardianship.pupil IS NULL OR guardianship.raw <> link.raw)
                AND pupil.key = link.pupil AND pupil.kind = 1 AND adult.key = link.guardian
            ORDER BY pupil.id DESC, adult.id DESC;
            """
        )
    }

    /// Persons who have no record and no pupil any more; whether an account or a device needs the row is asked again when it goes.
    private func planForgetting() throws {
        try connection.execute(
            """
            CREATE INDEX temp.plan_link_gone ON plan_link(adult, pupil) WHERE is_gone = 1;
            INSERT INTO plan_forget(ref)
            SELECT person.id FROM person
            WHERE (kind = 0 OR EXISTS (SELECT 1 FROM plan_person plan WHERE plan.ref = person.id AND plan.kind = 0))
                AND NOT EXISTS (SELECT 1 FROM stage_person stage WHERE stage.id = person.id)
                AND NOT EXISTS (SELECT 1 FROM account WHERE account.person = person.id)
                AND NOT EXISTS (SELECT 1 FROM account_record tie WHERE tie.record = person.id)
                AND NOT EXISTS (
                    SELECT 1 FROM guardianship link WHERE link.record = person.id AND NOT EXISTS (
                        SELECT 1 FROM plan_link gone WHERE gone.is_gone = 1 AND gone.adult = link.record AND gone.pupil = link.pupil));
            """
        )
    }
}
