import Database
import Domain

/// Schools, classes and groups.
extension Stage {
    mutating func put(_ school: SchoolRecord, _ change: DirectoryChange) throws {
        try put(school, change, hash: Self.hash(school))
    }

    mutating func put(_ school: SchoolRecord, _ change: DirectoryChange, hash: Int64?) throws {
        let before = try placeMet(.school, school.key, school.key)
        if let first = before?.hash, let hash, first != hash {
            try noteTwice(.school, school.key, first: (before?.file ?? "", before?.line ?? 0), change)
            if let code = before?.uai, !school.uai.isEmpty, !code.hasSameBytes(as: school.uai) {
                try connection.run(
                    "INSERT INTO stage_code VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    school.key,
                    code,
                    before?.file,
                    before?.line,
                    school.uai,
                    change.file,
                    change.line
                )
            }
        }
        try keepPlace(.school, school.key, school.key, school.name, uai: school.uai, hash: hash, change)
    }

    mutating func put(_ place: PlaceRecord, _ change: DirectoryChange) throws {
        let hash = Self.hash(place.name)
        let before = try placeMet(place.kind, place.key, place.school)
        if let first = before?.hash, first != hash {
            try noteTwice(place.kind, place.key, first: (before?.file ?? "", before?.line ?? 0), change)
        }
        try keepPlace(place.kind, place.key, place.school, place.name, uai: "", hash: hash, change)
    }

    struct PlaceMet {
        var hash: Int64?
        var uai: String?
        var file: String
        var line: Int
    }

    func placeMet(_ kind: DirectoryChange.Kind, _ key: String, _ school: String) throws -> PlaceMet? {
        try connection.first(
            "SELECT hash, uai, file, line FROM stage_place WHERE kind = ? AND key = ? AND school = ?",
            kind.rawValue,
            key,
            school
        ) {
            PlaceMet(
                hash: $0.int64OrNil(0),
                uai: $0.textOrNil(1),
                file: $0.textOrNil(2) ?? "",
                line: $0.intOrNil(3) ?? 0
            )
        }
    }

    func keepPlace(
        _ kind: DirectoryChange.Kind,
        _ key: String,
        _ school: String,
        _ name: String,
        uai: String,
        hash: Int64?,
        _ change: DirectoryChange
    ) throws {
        try connection.run(
            """
            INSERT INTO stage_place(kind, key, school, name, uai, hash, file, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(kind, key, school) DO UPDATE SET name = excluded.name, uai = excluded.uai,
                hash = coalesce(excluded.hash, hash), file = excluded.file, line = excluded.line
            """,
            kind.rawValue,
            key,
            school,
            name,
            uai.isEmpty ? nil : uai,
            hash,
            change.file,
            change.line
        )
        try touchPlace(kind, key, school)
    }

    func school(_ key: String) throws -> SchoolRecord? {
        let staged = try connection.first("SELECT uai, name FROM stage_place WHERE kind = 0 AND key = ?", key) {
            SchoolRecord(key: key, uai: $0.textOrNil(0) ?? "", name: $0.text(1))
        }
        if let staged { return staged }
        return try connection.first("SELECT uai, name FROM place WHERE kind = 0 AND key = ? AND feed = ?", key, feed) {
            SchoolRecord(key: key, uai: $0.textOrNil(0) ?? "", name: $0.text(1))
        }
    }

    /// `school` empty: wherever it is. Of a school its classes and groups go, too.
    mutating func removePlaces(
        _ kind: DirectoryChange.Kind,
        _ key: String,
        school: String,
        _ change: DirectoryChange
    ) throws {
        let known = try connection.all(
            """
            SELECT kind, key, school_key FROM place WHERE feed = ?1
                AND ((kind = ?2 AND key = ?3 AND (?4 = '' OR school_key = ?4)) OR (?2 = 0 AND school_key = ?3))
            UNION SELECT kind, key, school FROM stage_place
                WHERE (kind = ?2 AND key = ?3 AND (?4 = '' OR school = ?4)) OR (?2 = 0 AND school = ?3)
            """,
            feed,
            kind.rawValue,
            key,
            school
        ) { (DirectoryChange.Kind(rawValue: $0.int(0)) ?? kind, $0.text(1), $0.text(2)) }
        guard !known.isEmpty else { return warnUnknown(kind, change) }
        for (kind, key, school) in known {
            let members = try connection.all(
                """
                SELECT person.key FROM place CROSS JOIN membership CROSS JOIN person
                WHERE membership.place = place.id AND person.id = membership.person AND place.kind = ? AND place.key = ?
                    AND place.feed = ? AND place.school_key = ?
                """,
                kind.rawValue,
                key,
                feed,
                school
            ) { $0.text(0) }
            for member in members { try touch(member, change) }
            try touchPlace(kind, key, school)
            try connection.run(
                "DELETE FROM stage_place WHERE kind = ? AND key = ? AND school = ?",
                kind.rawValue,
                key,
                school
            )
        }
    }
}
