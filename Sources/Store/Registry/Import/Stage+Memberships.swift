import Database
import Domain

/// Who is in which place.
extension Stage {
    mutating func join(_ pupil: String, _ membership: PupilRecord.Membership, _ change: DirectoryChange) throws {
        guard try touchPupil(pupil, change), let place = try located(membership.place, of: pupil, change) else {
            return
        }
        var membership = membership
        membership.place = place
        try keepMembership(membership, of: pupil)
        guard let school = place.parts.school, place.parts.kind != .school else { return }
        // Nobody is in a class without being at its school.
        try connection.run(
            """
            INSERT INTO stage_membership(person, kind, key, school) VALUES (?1, 0, ?2, ?2)
            ON CONFLICT(person, kind, key, school) DO NOTHING
            """,
            pupil,
            school
        )
    }

    mutating func leave(_ pupil: String, _ place: PupilRecord.Membership.Place, _ change: DirectoryChange)
        throws
    {
        guard try touchPupil(pupil, change) else { return }
        let parts = place.parts
        try connection.run(
            "DELETE FROM stage_membership WHERE person = ?1 AND kind = ?2 AND key = ?3 AND (?4 = '' OR school = ?4)",
            pupil,
            parts.kind.rawValue,
            parts.key,
            parts.school ?? ""
        )
    }

    /// The place with its school: lines of NDJSON name the key alone. nil with a warning when it is not there, or more than once.
    mutating func located(
        _ place: PupilRecord.Membership.Place,
        of pupil: String,
        _ change: DirectoryChange
    ) throws -> PupilRecord.Membership.Place? {
        let parts = place.parts
        var schools = try connection.all(
            """
            SELECT school FROM stage_place WHERE kind = ?1 AND key = ?2 UNION
            SELECT school_key FROM place WHERE kind = ?1 AND key = ?2 AND feed = ?3 AND NOT EXISTS (
                SELECT 1 FROM stage_scope s WHERE s.kind = ?1 AND s.key = ?2 AND s.school = place.school_key)
            """,
            parts.kind.rawValue,
            parts.key,
            feed
        ) { $0.text(0) }
        if let school = parts.school, !school.isEmpty { schools = schools.filter { $0.hasSameBytes(as: school) } }
        if schools.count > 1 {
            let own = Set(
                try connection.all("SELECT key FROM stage_membership WHERE person = ? AND kind = 0", pupil) {
                    ExactText($0.text(0))
                }
            )
            schools = schools.filter { own.contains(ExactText($0)) }
            guard schools.count == 1 else {
                let what = "\(parts.key.showingInvisible) is in several schools of the feed; name the school."
                warn(change, "ambiguousPlace", "The place \(what)")
                return nil
            }
        }
        guard let school = schools.first else {
            warn(
                change,
                "unknownPlace",
                "The place \(parts.key.showingInvisible) has no record; the line was left out."
            )
            return nil
        }
        switch place {
        case .school: return place
        case .schoolClass(let key, _, let name): return .schoolClass(key: key, school: school, name: name)
        case .group(let key, _, let name): return .group(key: key, school: school, name: name)
        }
    }

    /// Of a whole record: the record is also all that is known of its class.
    mutating func keep(_ membership: PupilRecord.Membership, of person: String, _ change: DirectoryChange)
        throws
    {
        let parts = membership.place.parts
        if parts.kind != .school, let school = parts.school {
            // In a complete export the first label counts, in a delta the newest.
            try connection.run(
                scope == .changes ? Self.relabelPlace : Self.namePlace,
                parts.kind.rawValue,
                parts.key,
                school,
                parts.name
            )
            if scope == .changes { try touchPlace(parts.kind, parts.key, school) }
        }
        try keepMembership(membership, of: person)
    }

    static let namePlace = """
        INSERT INTO stage_place(kind, key, school, name) VALUES (?, ?, ?, ?) ON CONFLICT(kind, key, school) DO NOTHING
        """
    static let relabelPlace = """
        INSERT INTO stage_place(kind, key, school, name) VALUES (?, ?, ?, ?)
        ON CONFLICT(kind, key, school) DO UPDATE SET name = excluded.name
        """

    func keepMembership(_ membership: PupilRecord.Membership, of person: String) throws {
        let parts = membership.place.parts
        try connection.run(
            """
            INSERT INTO stage_membership(person, kind, key, school, from_day, to_day) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT(person, kind, key, school) DO UPDATE SET from_day = excluded.from_day, to_day = excluded.to_day
            """,
            person,
            parts.kind.rawValue,
            parts.key,
            parts.school ?? parts.key,
            membership.from.map { Int64($0.daysSince1970) },
            membership.to.map { Int64($0.daysSince1970) }
        )
    }
}
