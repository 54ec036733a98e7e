import Database
import Domain

/// Who is in the directory, and why: from which feed, since when, by which import. Keys only, no names of persons.
extension RegistryReader {
    /// Rows of each list in an entry: that of a large school is still a page.
    private static let rowsMax = 2000

    /// Every person, class, group or school of this name: ENT id, key of a feed, or UAI.
    package func explain(_ name: String) throws -> [DirectoryEntry] {
        try snapshot { reader in
            let name = name.trimmedIdentifier
            let persons = try reader.persons(named: name).map { try reader.entry(of: $0) }
            let places = try reader.connection.all(
                """
                SELECT place.id FROM place WHERE (kind IN (0, 1, 2) AND key = ?1) OR uai = ?2 ORDER BY feed, kind, school_key LIMIT 50
                """,
                name,
                SchoolCode.normal(name)
            ) { $0.int64(0) }
            return try persons.map { .person($0) }
                + places.compactMap { try reader.entry(ofPlace: $0).map { .place($0) } }
        }
    }

    func entry(of person: StoredPerson) throws -> PersonEntry {
        var entry = PersonEntry(
            kind: person.kind,
            records: try records(of: person.id),
            accounts: try accounts(of: person.id)
        )
        try connection.query(
            """
            SELECT (SELECT name FROM feed WHERE feed.id = person.feed), person.import, import.at,
                (SELECT count(*) FROM device WHERE owner = person.id AND state <> 2)
            FROM person LEFT JOIN import ON import.id = person.import WHERE person.id = ?
            """,
            person.id.rawValue
        ) { row in
            entry.feed = row.textOrNil(0)
            entry.origin = row.origin(1)
            entry.devices = row.int(3)
        }
        entry.places = try places(of: person.id)
        entry.guardians = try relations("record", of: "pupil", person.id)
        entry.pupils = try relations("pupil", of: "guardian", person.id)
        return entry
    }

    private func places(of person: PersonID) throws -> [PersonEntry.Place] {
        try connection.all(
            """
            SELECT place.kind, place.key, place.name, school.uai, from_day, to_day, membership.import, import.at FROM membership
            JOIN place ON place.id = membership.place LEFT JOIN place school ON school.id = place.school
            LEFT JOIN import ON import.id = membership.import WHERE membership.person = ? ORDER BY place.kind, place.key LIMIT ?
            """,
            person.rawValue,
            Self.rowsMax
        ) { row in
            PersonEntry.Place(
                kind: row.placeKind(0),
                key: row.text(1),
                name: row.text(2),
                school: row.textOrNil(3),
                from: row.day(4),
                to: row.day(5),
                origin: row.origin(6)
            )
        }
    }

    private func relations(_ other: String, of side: String, _ person: PersonID) throws -> [PersonEntry.Relation] {
        try connection.all(
            """
            SELECT person.key, since, guardianship.import, import.at, person.kind FROM guardianship
            JOIN person ON person.id = guardianship.\(other) LEFT JOIN import ON import.id = guardianship.import
            WHERE guardianship.\(side) = ? ORDER BY person.key LIMIT ?
            """,
            person.rawValue,
            Self.rowsMax
        ) { row in
            PersonEntry.Relation(
                key: row.textOrNil(0),
                since: row.day(1),
                origin: row.origin(2),
                isMissing: row.int(4) == PersonKind.unknown.rawValue
            )
        }
    }

    private func entry(ofPlace place: Int64) throws -> PlaceEntry? {
        let found = try connection.first(
            """
            SELECT place.kind, place.key, place.name, coalesce(place.uai, school.uai), feed.name, place.import, import.at FROM place
            LEFT JOIN place school ON school.id = place.school LEFT JOIN feed ON feed.id = place.feed
            LEFT JOIN import ON import.id = place.import WHERE place.id = ?
            """,
            place
        ) { row in
            PlaceEntry(
                kind: row.placeKind(0),
                key: row.text(1),
                name: row.text(2),
                school: row.textOrNil(3),
                feed: row.textOrNil(4),
                origin: row.origin(5)
            )
        }
        guard var entry = found else { return nil }
        if entry.kind == .school { entry.classes = try classes(of: place) }
        entry.pupils = try pupils(in: place)
        return entry
    }

    private func classes(of school: Int64) throws -> [PlaceEntry.Class] {
        try connection.all(
            """
            SELECT kind, key, name, (SELECT count(*) FROM membership WHERE membership.place = place.id), place.import, import.at
            FROM place LEFT JOIN import ON import.id = place.import WHERE place.school = ? AND kind <> 0 ORDER BY kind, key LIMIT ?
            """,
            school,
            Self.rowsMax
        ) { row in
            PlaceEntry.Class(
                kind: row.placeKind(0),
                key: row.text(1),
                name: row.text(2),
                members: row.int(3),
                origin: row.origin(4)
            )
        }
    }

    private func pupils(in place: Int64) throws -> [PlaceEntry.Pupil] {
        try connection.all(
            """
            SELECT person.key, from_day, to_day, (SELECT count(*) FROM guardianship JOIN person adult ON adult.id = guardian
                AND adult.kind = 2 WHERE pupil = person.id), membership.import, import.at FROM membership
            JOIN person ON person.id = membership.person AND person.kind = 1
            LEFT JOIN import ON import.id = membership.import WHERE membership.place = ? ORDER BY person.key LIMIT ?
            """,
            place,
            Self.rowsMax
        ) { row in
            PlaceEntry.Pupil(
                key: row.textOrNil(0),
                from: row.day(1),
                to: row.day(2),
                guardians: row.int(3),
                origin: row.origin(4)
            )
        }
    }
}
