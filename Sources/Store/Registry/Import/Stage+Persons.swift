import Database
import Domain

/// Pupils, guardians and staff.
extension Stage {
    mutating func put(_ pupil: PupilRecord, _ change: DirectoryChange, hash: Int64?) throws {
        guard try put(pupil.person, .pupil, change, hash: hash) else { return }
        for membership in pupil.memberships { try keep(membership, of: pupil.person.key, change) }
        for link in pupil.guardians {
            try connection.run(Self.keepLink, pupil.person.key, link.key, link.raw, String?.none, Int?.none)
        }
    }

    mutating func putStaff(_ person: PersonRecord, _ change: DirectoryChange) throws {
        guard try put(person, .staff, change, hash: Self.hash(person)) else { return }
        for school in person.schools { try keep(.init(place: .school(key: school)), of: person.key, change) }
    }

    /// The person's row, without places and guardians.
    ///
    /// - Returns: false when the export has said the very same before.
    @discardableResult
    mutating func put(
        _ person: PersonRecord,
        _ kind: PersonKind,
        _ change: DirectoryChange,
        hash: Int64?
    ) throws -> Bool {
        try touch(person.key, change)
        let before = try personMet(person.key)
        if let before {
            if let hash, let first = before.hash {
                if first == hash, before.kind == kind.rawValue { return false }
                try noteTwice(kind.changeKind, person.key, first: (before.file, before.line), change)
            }
            try connection.run("DELETE FROM stage_membership WHERE person = ?", person.key)
            try connection.run("DELETE FROM stage_link WHERE pupil = ?", person.key)
        }
        try connection.run(
            """
            INSERT INTO stage_person(key, kind, last_name, first_name, hash, file, line) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(key) DO UPDATE SET kind = excluded.kind, last_name = excluded.last_name, first_name = excluded.first_name,
                hash = coalesce(excluded.hash, hash), file = coalesce(excluded.file, file), line = coalesce(excluded.line, line)
            """,
            person.key,
            kind.rawValue,
            person.lastName,
            person.firstName,
            hash,
            change.file,
            change.line
        )
        return true
    }

    func personMet(_ key: String) throws -> (kind: Int, hash: Int64?, file: String, line: Int)? {
        try connection.first("SELECT kind, hash, file, line FROM stage_person WHERE key = ?", key) {
            ($0.int(0), $0.int64OrNil(1), $0.textOrNil(2) ?? "", $0.intOrNil(3) ?? 0)
        }
    }

    /// Names only: what the person is a member of stays.
    mutating func putNames(_ kind: DirectoryChange.Kind, _ person: PersonRecord, _ change: DirectoryChange)
        throws
    {
        guard let personKind = PersonKind(kind) else { return }
        try touch(person.key, change)
        let hash = Self.hash(person)
        let before = try personMet(person.key)
        guard before?.kind == personKind.rawValue else {
            return _ = try put(person, personKind, change, hash: hash)
        }
        if let first = before?.hash, first != hash {
            try noteTwice(kind, person.key, first: (before?.file ?? "", before?.line ?? 0), change)
        }
        try connection.run(
            "UPDATE stage_person SET last_name = ?, first_name = ?, hash = ?, file = ?, line = ? WHERE key = ?",
            person.lastName,
            person.firstName,
            hash,
            change.file,
            change.line,
            person.key
        )
    }

    mutating func modify(_ key: String, _ record: RecordChange, _ change: DirectoryChange) throws {
        switch record {
        case .school(let school):
            guard let before = try self.school(key) else { return warnUnknown(.school, change) }
            try put(school.applied(to: before), change, hash: nil)
        case .pupil(let pupil):
            guard try touchPupil(key, change) else { return }
            try put(pupil.applied(to: self.pupil(key), on: change.day), change, hash: nil)
        case .relative(let person):
            guard let before = try names(key, .guardian, change) else { return }
            let after = person.applied(to: before)
            try setNames(after)
        case .staff(let person):
            guard let before = try names(key, .staff, change) else { return }
            let after = person.applied(to: before)
            try setNames(after)
            guard let schools = person.schools else { return }
            try connection.run("DELETE FROM stage_membership WHERE person = ?", key)
            for school in schools { try keep(.init(place: .school(key: school)), of: key, change) }
        }
    }

    func setNames(_ person: PersonRecord) throws {
        try connection.run(
            "UPDATE stage_person SET last_name = ?, first_name = ? WHERE key = ?",
            person.lastName,
            person.firstName,
            person.key
        )
    }

    mutating func names(_ key: String, _ kind: PersonKind, _ change: DirectoryChange) throws -> PersonRecord? {
        try touch(key, change)
        let names = try connection.first(
            "SELECT last_name, first_name FROM stage_person WHERE key = ? AND kind = ?",
            key,
            kind.rawValue
        ) { PersonRecord(key: key, lastName: $0.text(0), firstName: $0.text(1)) }
        if names == nil { warnUnknown(kind.changeKind, change) }
        return names
    }

    /// False, with a warning, when neither the directory nor the export has the pupil.
    mutating func touchPupil(_ key: String, _ change: DirectoryChange) throws -> Bool {
        try names(key, .pupil, change) != nil
    }

    /// The pupil as the stage has him or her; must be there.
    func pupil(_ key: String) throws -> PupilRecord {
        let person = try connection.first("SELECT last_name, first_name FROM stage_person WHERE key = ?", key) {
            PersonRecord(key: key, lastName: $0.text(0), firstName: $0.text(1))
        }
        let memberships = try connection.all(
            """
            SELECT m.kind, m.key, m.school, from_day, to_day, coalesce(staged.name, place.name, '') FROM stage_membership m
            LEFT JOIN stage_place staged ON staged.kind = m.kind AND staged.key = m.key AND staged.school = m.school
            LEFT JOIN place ON place.kind = m.kind AND place.key = m.key AND place.feed = ?2 AND place.school_key = m.school
            WHERE m.person = ?1 ORDER BY m.kind, m.key
            """,
            key,
            feed
        ) { row in
            let place: PupilRecord.Membership.Place =
                switch row.int(0) {
                case 0: .school(key: row.text(1))
                case 1: .schoolClass(key: row.text(1), school: row.text(2), name: row.text(5))
                default: .group(key: row.text(1), school: row.text(2), name: row.text(5))
                }
            return PupilRecord.Membership(place: place, from: row.day(3), to: row.day(4))
        }
        let links = try connection.all("SELECT guardian, raw FROM stage_link WHERE pupil = ? ORDER BY guardian", key) {
            PupilRecord.GuardianLink(key: $0.text(0), raw: $0.text(1))
        }
        return PupilRecord(
            person: person ?? PersonRecord(key: key, lastName: "", firstName: ""),
            memberships: memberships,
            guardians: links
        )
    }

    mutating func remove(_ kind: DirectoryChange.Kind, _ key: String, _ change: DirectoryChange) throws {
        guard let personKind = PersonKind(kind) else {
            return try removePlaces(kind, key, school: kind == .school ? key : "", change)
        }
        guard try names(key, personKind, change) != nil else { return }
        try connection.run("DELETE FROM stage_person WHERE key = ?", key)
        try connection.run("DELETE FROM stage_membership WHERE person = ?", key)
        try connection.run("DELETE FROM stage_link WHERE pupil = ?", key)
    }
}
