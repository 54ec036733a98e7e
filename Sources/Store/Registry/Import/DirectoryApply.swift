import Database
import Domain

/// Makes the directory what a plan says, on the writer. Persons who have an account, a device or a pupil who names them keep their row (kind 0)
/// and find it again when they come back.
///
/// Registrations go on while an import is planned: whom the plan makes and a registration has made meanwhile is found by feed and key.
struct DirectoryApply {
    /// With the tables of ``DirectoryPlan``.
    let plan: any Session
    let connection: any Session
    let feed: Int64
    /// What brings it, for whoever asks why somebody is in the directory.
    let importID: Int64
    let day: CalendarDay
    let moved: MovedDevices

    func run() throws {
        let persons = try applyPersons()
        let places = try applyPlaces()
        try applyMemberships(places, persons)
        try applyLinks(persons)
        for person in try applyUsers() { try forget(person) }
        try plan.query("SELECT ref FROM plan_forget") { try forget($0.int64(0)) }
    }

    /// Rows of the directory by what the plan calls them.
    private struct Rows {
        /// The last number before the new ones.
        var last: Int64
        /// New ones that were there already.
        var met: [Int64: Int64] = [:]

        func id(_ ref: Int64) -> Int64 { ref > 0 ? ref : met[ref] ?? last - ref }
    }

    private func applyPersons() throws -> Rows {
        var rows = Rows(last: try connection.lastNumber(of: "person"))
        var changed: [Int64] = []
        try plan.query("SELECT ref, kind, key, last_name, first_name FROM plan_person ORDER BY ref DESC") { row in
            let (ref, kind) = (row.int64(0), row.int(1))
            guard ref < 0 else {
                changed.append(ref)
                return try connection.run(
                    """
                    UPDATE person SET kind = ?1, last_name = ?2, first_name = ?3,
                        import = CASE WHEN ?1 IN (0, kind) THEN import ELSE ?4 END WHERE id = ?5
                    """,
                    kind,
                    row.text(3),
                    row.text(4),
                    importID,
                    ref
                )
            }
            let id = try connection.insert(
                """
                INSERT INTO person(id, kind, feed, key, last_name, first_name, import) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(key, feed) WHERE key IS NOT NULL DO UPDATE SET kind = excluded.kind, last_name = excluded.last_name,
                    first_name = excluded.first_name, import = excluded.import RETURNING id
                """,
                rows.id(ref),
                kind,
                feed,
                row.text(2),
                row.text(3),
                row.text(4),
                kind == 0 ? nil : importID
            )
            if id != rows.id(ref) {
                rows.met[ref] = id
                changed.append(id)
            }
        }
        // Who comes or goes as a guardian stands for other records, or they for him or her.
        let union = RecordUnion(connection: connection, moved: moved)
        for id in changed where try union.isShared(id) { try union.settle(id) }
        return rows
    }

    private func applyPlaces() throws -> Rows {
        var rows = Rows(last: 0)
        try plan.query("SELECT step, ref, kind, school, key, word FROM plan_place ORDER BY step, ref DESC") { row in
            let ref = row.int64(1)
            switch DirectoryPlan.PlaceStep(rawValue: row.int(0)) {
            case .remove:
                try connection.run("DELETE FROM membership WHERE place = ?", ref)
                try connection.run("DELETE FROM place WHERE id = ?", ref)
            case .add:
                let id = try connection.insert(
                    "INSERT INTO place(kind, feed, school_key, key, name, import) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                    row.int(2),
                    feed,
                    row.text(3),
                    row.text(4),
                    row.text(5),
                    importID
                )
                rows.met[ref] = id
                try seat(id)
            case .rename:
                try connection.run("UPDATE place SET name = ?, import = ? WHERE id = ?", row.text(5), importID, ref)
            case .giveUpUAI:
                try connection.run("UPDATE place SET uai = NULL WHERE id = ?", ref)
            case .takeUAI:
                try connection.run(
                    "UPDATE place SET uai = ?1 WHERE id = ?2 AND NOT EXISTS (SELECT 1 FROM place other WHERE other.uai = ?1)",
                    row.text(5),
                    rows.id(ref)
                )
            case .seat, nil:
                try seat(ref)
            }
        }
        return rows
    }

    /// Schools come before what is in them.
    private func seat(_ place: Int64) throws {
        try connection.run(
            """
            UPDATE place SET school = (
                SELECT school.id FROM place school
                WHERE school.kind = 0 AND school.key = place.school_key AND school.feed = place.feed AND school.school_key = place.school_key)
            WHERE id = ?
            """,
            place
        )
    }

    private func applyMemberships(_ places: Rows, _ persons: Rows) throws {
        try plan.query("SELECT place, person, is_gone, from_day, to_day FROM plan_membership ORDER BY rowid") { row in
            let (place, person) = (places.id(row.int64(0)), persons.id(row.int64(1)))
            guard row.int(2) == 0 else {
                return try connection.run("DELETE FROM membership WHERE place = ? AND person = ?", place, person)
            }
            try connection.run(
                """
                INSERT INTO membership(place, person, from_day, to_day, import) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT(place, person) DO UPDATE SET from_day = excluded.from_day, to_day = excluded.to_day, import = excluded.import
                """,
                place,
                person,
                row.int64OrNil(3),
                row.int64OrNil(4),
                importID
            )
        }
    }

    private func applyLinks(_ persons: Rows) throws {
        try plan.query("SELECT pupil, adult, is_gone, raw FROM plan_link ORDER BY rowid") { row in
            let (pupil, adult) = (persons.id(row.int64(0)), persons.id(row.int64(1)))
            guard row.int(2) == 0 else {
                return try connection.run("DELETE FROM guardianship WHERE pupil = ? AND record = ?", pupil, adult)
            }
            try connection.run(
                """
                INSERT INTO guardianship(pupil, guardian, record, raw, since, import)
                SELECT ?1, CASE WHEN kind = 2 THEN coalesce(same_as, id) ELSE id END, id, ?3, ?4, ?5 FROM person WHERE id = ?2
                ON CONFLICT(pupil, guardian) DO UPDATE SET raw = excluded.raw
                """,
                pupil,
                adult,
                row.text(3),
                Int64(day.daysSince1970),
                importID
            )
        }
    }

    /// - Returns: the persons whose accounts went elsewhere.
    private func applyUsers() throws -> [Int64] {
        var left: [Int64] = []
        let tie = AccountTie(connection: connection, moved: moved)
        try plan.query(
            """
            SELECT stage.ent_id, stage.feed, stage.key, stage.profile, stage.locale, stage.is_removed FROM stage_user stage
            WHERE EXISTS (SELECT 1 FROM stage_change WHERE stage_change.kind = 7 AND stage_change.key = stage.ent_id)
            ORDER BY stage.line, stage.ent_id
            """
        ) { row in
            let user = row.text(0)
            if let person = try connection.first(
                "SELECT person FROM account WHERE ent_id = ?",
                user,
                row: { $0.int64(0) }
            ) {
                left.append(person)
            }
            if row.int(5) == 1 { return try tie.part(user) }
            try tie.tie(
                user,
                feed: Registry.feed(named: row.text(1), connection),
                key: row.text(2),
                profile: row.intOrNil(3),
                locale: row.textOrNil(4)
            )
        }
        return left
    }

    /// Nobody is kept who has no account, no device and no place in the directory any more.
    private func forget(_ person: Int64) throws {
        try connection.run(
            """
            DELETE FROM person WHERE id = ?1 AND kind = 0 AND NOT EXISTS (SELECT 1 FROM account WHERE account.person = ?1)
                AND NOT EXISTS (SELECT 1 FROM account_record WHERE record = ?1)
                AND NOT EXISTS (SELECT 1 FROM device WHERE device.owner = ?1)
                AND NOT EXISTS (SELECT 1 FROM restriction WHERE restriction.person = ?1)
                AND NOT EXISTS (SELECT 1 FROM guardianship WHERE record = ?1)
            """,
            person
        )
    }
}
