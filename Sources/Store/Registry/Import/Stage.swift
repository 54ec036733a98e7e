import Database
import Domain

/// What a delivery speaks of, and with that what is removed when it is silent.
package enum ImportScope: Hashable, Sendable {
    /// Everything of its feed: a complete delivery.
    case feed
    /// Everything of one school of its feed, by the school's key.
    case school(String)
    /// What its changes name: a delta.
    case changes
}

/// Where a delivery is collected: as the directory will be, of all that it speaks of. Runs in transactions of the registry's writer.
struct Stage {
    let connection: any Session
    let feed: Int64
    let scope: ImportScope
    /// What was met by this batch.
    private(set) var warnings: [ImportWarning] = []

    init(_ connection: any Session, feed: Int64, scope: ImportScope) {
        self.connection = connection
        self.feed = feed
        self.scope = scope
    }

    mutating func take(_ change: DirectoryChange) throws {
        guard let change = change.normalized else {
            return warn(
                change,
                "identifierRefused",
                "An id holds a control character or one that turns the direction of text; the record was left out."
            )
        }
        switch change.action {
        case .put(.school(let school)): try put(school, change)
        case .put(.guardian(let person)): try put(person, .guardian, change, hash: Self.hash(person))
        case .put(.staff(let person)): try putStaff(person, change)
        case .put(.pupil(let pupil)): try put(pupil, change, hash: Self.hash(pupil))
        case .put(.user(let user)), .putUser(let user): try put(user, change)
        case .modify(let key, let record): try modify(key, record, change)
        case .remove(let kind, let key): try remove(kind, key, change)
        case .putPlace(let place): try put(place, change)
        case .removePlace(let kind, let key, let school): try removePlaces(kind, key, school: school, change)
        case .putPerson(let kind, let person): try putNames(kind, person, change)
        case .join(let pupil, let membership): try join(pupil, membership, change)
        case .leave(let pupil, let place): try leave(pupil, place, change)
        case .link(let pupil, let guardian):
            guard try touchPupil(pupil, change) else { return }
            try connection.run(Self.keepLink, pupil, guardian, "")
        case .unlink(let pupil, let guardian):
            guard try touchPupil(pupil, change) else { return }
            try connection.run("DELETE FROM stage_link WHERE pupil = ? AND guardian = ?", pupil, guardian)
        case .removeUser(let id):
            try connection.run(
                """
                INSERT INTO stage_user(ent_id, feed, key, is_removed) VALUES (?, 0, '', 1)
                ON CONFLICT(ent_id) DO UPDATE SET is_removed = 1, hash = NULL
                """,
                id
            )
        }
    }

    private static let keepLink =
        "INSERT INTO stage_link(pupil, guardian, raw) VALUES (?, ?, ?) ON CONFLICT(pupil, guardian) DO NOTHING"

    // MARK: Persons

    private mutating func put(_ pupil: PupilRecord, _ change: DirectoryChange, hash: Int64?) throws {
        guard try put(pupil.person, .pupil, change, hash: hash) else { return }
        for membership in pupil.memberships { try keep(membership, of: pupil.person.key, change) }
        for link in pupil.guardians { try connection.run(Self.keepLink, pupil.person.key, link.key, link.raw) }
    }

    private mutating func putStaff(_ person: PersonRecord, _ change: DirectoryChange) throws {
        guard try put(person, .staff, change, hash: Self.hash(person)) else { return }
        for school in person.schools { try keep(.init(place: .school(key: school)), of: person.key, change) }
    }

    /// The person's row, without places and guardians.
    ///
    /// - Returns: false when the delivery has said the very same before.
    @discardableResult
    private mutating func put(
        _ person: PersonRecord,
        _ kind: PersonKind,
        _ change: DirectoryChange,
        hash: Int64?
    ) throws -> Bool {
        try touch(person.key)
        let before = try connection.first(
            "SELECT kind, hash, file, line FROM stage_person WHERE key = ?",
            person.key
        ) { (kind: $0.int(0), hash: $0.int64OrNil(1), file: $0.textOrNil(2) ?? "", line: $0.intOrNil(3) ?? 0) }
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

    /// Names only: what the person is a member of stays.
    private mutating func putNames(_ kind: DirectoryChange.Kind, _ person: PersonRecord, _ change: DirectoryChange)
        throws
    {
        guard let personKind = PersonKind(kind) else { return }
        try touch(person.key)
        let hash = Self.hash(person)
        let before = try connection.first(
            "SELECT kind, hash, file, line FROM stage_person WHERE key = ?",
            person.key
        ) { (kind: $0.int(0), hash: $0.int64OrNil(1), file: $0.textOrNil(2) ?? "", line: $0.intOrNil(3) ?? 0) }
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

    private mutating func modify(_ key: String, _ record: RecordChange, _ change: DirectoryChange) throws {
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

    private func setNames(_ person: PersonRecord) throws {
        try connection.run(
            "UPDATE stage_person SET last_name = ?, first_name = ? WHERE key = ?",
            person.lastName,
            person.firstName,
            person.key
        )
    }

    private mutating func names(_ key: String, _ kind: PersonKind, _ change: DirectoryChange) throws -> PersonRecord? {
        try touch(key)
        let names = try connection.first(
            "SELECT last_name, first_name FROM stage_person WHERE key = ? AND kind = ?",
            key,
            kind.rawValue
        ) { PersonRecord(key: key, lastName: $0.text(0), firstName: $0.text(1)) }
        if names == nil { warnUnknown(kind.changeKind, change) }
        return names
    }

    /// False, with a warning, when neither the directory nor the delivery has the pupil.
    private mutating func touchPupil(_ key: String, _ change: DirectoryChange) throws -> Bool {
        try names(key, .pupil, change) != nil
    }

    /// The pupil as the stage has him or her; must be there.
    private func pupil(_ key: String) throws -> PupilRecord {
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

    private mutating func remove(_ kind: DirectoryChange.Kind, _ key: String, _ change: DirectoryChange) throws {
        guard let personKind = PersonKind(kind) else {
            return try removePlaces(kind, key, school: kind == .school ? key : "", change)
        }
        guard try names(key, personKind, change) != nil else { return }
        try connection.run("DELETE FROM stage_person WHERE key = ?", key)
        try connection.run("DELETE FROM stage_membership WHERE person = ?", key)
        try connection.run("DELETE FROM stage_link WHERE pupil = ?", key)
    }

    // MARK: Places

    private mutating func put(_ school: SchoolRecord, _ change: DirectoryChange) throws {
        try put(school, change, hash: Self.hash(school))
    }

    private mutating func put(_ school: SchoolRecord, _ change: DirectoryChange, hash: Int64?) throws {
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

    private mutating func put(_ place: PlaceRecord, _ change: DirectoryChange) throws {
        var hasher = Hasher()
        hasher.combine(place.name)
        let hash = Int64(hasher.finalize())
        let before = try placeMet(place.kind, place.key, place.school)
        if let first = before?.hash, first != hash {
            try noteTwice(place.kind, place.key, first: (before?.file ?? "", before?.line ?? 0), change)
        }
        try keepPlace(place.kind, place.key, place.school, place.name, uai: "", hash: hash, change)
    }

    private struct PlaceMet {
        var hash: Int64?
        var uai: String?
        var file: String
        var line: Int
    }

    private func placeMet(_ kind: DirectoryChange.Kind, _ key: String, _ school: String) throws -> PlaceMet? {
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

    private func keepPlace(
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

    private func school(_ key: String) throws -> SchoolRecord? {
        let staged = try connection.first("SELECT uai, name FROM stage_place WHERE kind = 0 AND key = ?", key) {
            SchoolRecord(key: key, uai: $0.textOrNil(0) ?? "", name: $0.text(1))
        }
        if let staged { return staged }
        return try connection.first("SELECT uai, name FROM place WHERE kind = 0 AND key = ? AND feed = ?", key, feed) {
            SchoolRecord(key: key, uai: $0.textOrNil(0) ?? "", name: $0.text(1))
        }
    }

    /// `school` empty: wherever it is. Of a school its classes and groups go, too.
    private mutating func removePlaces(
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
                SELECT person.key FROM place CROSS JOIN membership ON membership.place = place.id
                CROSS JOIN person ON person.id = membership.person
                WHERE place.kind = ? AND place.key = ? AND place.feed = ? AND place.school_key = ?
                """,
                kind.rawValue,
                key,
                feed,
                school
            ) { $0.text(0) }
            for member in members { try touch(member) }
            try touchPlace(kind, key, school)
            try connection.run(
                "DELETE FROM stage_place WHERE kind = ? AND key = ? AND school = ?",
                kind.rawValue,
                key,
                school
            )
        }
    }

    // MARK: Memberships

    private mutating func join(_ pupil: String, _ membership: PupilRecord.Membership, _ change: DirectoryChange) throws
    {
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

    private mutating func leave(_ pupil: String, _ place: PupilRecord.Membership.Place, _ change: DirectoryChange)
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
    private mutating func located(
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
    private mutating func keep(_ membership: PupilRecord.Membership, of person: String, _ change: DirectoryChange)
        throws
    {
        let parts = membership.place.parts
        if parts.kind != .school, let school = parts.school {
            // In a complete delivery the first label counts, in a delta the newest.
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

    private static let namePlace = """
        INSERT INTO stage_place(kind, key, school, name) VALUES (?, ?, ?, ?) ON CONFLICT(kind, key, school) DO NOTHING
        """
    private static let relabelPlace = """
        INSERT INTO stage_place(kind, key, school, name) VALUES (?, ?, ?, ?)
        ON CONFLICT(kind, key, school) DO UPDATE SET name = excluded.name
        """

    private func keepMembership(_ membership: PupilRecord.Membership, of person: String) throws {
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

    // MARK: Users

    private mutating func put(_ user: UserRecord, _ change: DirectoryChange) throws {
        let feed = try user.feed.map { try Registry.feed(named: $0, connection) } ?? feed
        var hasher = Hasher()
        hasher.combine(user)
        let hash = Int64(hasher.finalize())
        let before = try connection.first("SELECT hash, file, line FROM stage_user WHERE ent_id = ?", user.id) {
            ($0.int64OrNil(0), $0.textOrNil(1) ?? "", $0.intOrNil(2) ?? 0)
        }
        if let before, let first = before.0, first != hash {
            try noteTwice(.user, user.id, first: (before.1, before.2), change)
        }
        try connection.run(
            """
            INSERT INTO stage_user(ent_id, feed, key, profile, locale, is_removed, hash, file, line)
            VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)
            ON CONFLICT(ent_id) DO UPDATE SET feed = excluded.feed, key = excluded.key, profile = excluded.profile,
                locale = excluded.locale, is_removed = 0, hash = excluded.hash, file = excluded.file, line = excluded.line
            """,
            user.id,
            feed,
            user.externalKey,
            user.profile.map { Int($0.rawValue) },
            user.locale,
            hash,
            change.file,
            change.line
        )
    }

    // MARK: What the delivery speaks of

    /// A delta speaks of this person: what the directory has of him or her is copied, so that the stage shows the whole.
    private func touch(_ key: String) throws {
        guard scope == .changes else { return }
        try connection.run(Self.keepScope, 3, key, "")
        guard connection.changes > 0 else { return }
        let row = try connection.first("SELECT id, kind FROM person WHERE key = ? AND feed = ?", key, feed) {
            ($0.int64(0), $0.int(1))
        }
        guard let (id, kind) = row else { return }
        if kind != PersonKind.unknown.rawValue {
            try connection.run(
                "INSERT INTO stage_person(key, kind, last_name, first_name) SELECT key, kind, last_name, first_name FROM person WHERE id = ?",
                id
            )
        }
        try connection.run(
            """
            INSERT INTO stage_membership(person, kind, key, school, from_day, to_day)
            SELECT ?2, place.kind, place.key, place.school_key, from_day, to_day FROM membership
            CROSS JOIN place ON place.id = membership.place WHERE membership.person = ?1
            """,
            id,
            key
        )
        try connection.run(
            """
            INSERT INTO stage_link(pupil, guardian, raw) SELECT ?2, adult.key, raw FROM guardianship
            CROSS JOIN person adult ON adult.id = guardianship.guardian WHERE guardianship.pupil = ?1
            """,
            id,
            key
        )
        // Whoever comes or goes as a guardian changes the pupils who name him or her.
        let pupils = try connection.all(
            "SELECT person.key FROM guardianship CROSS JOIN person ON person.id = guardianship.pupil WHERE guardian = ?",
            id
        ) { $0.text(0) }
        for pupil in pupils { try touch(pupil) }
    }

    private func touchPlace(_ kind: DirectoryChange.Kind, _ key: String, _ school: String) throws {
        guard scope == .changes else { return }
        try connection.run(Self.keepScope, kind.rawValue, key, school)
    }

    private static let keepScope =
        "INSERT INTO stage_scope(kind, key, school) VALUES (?, ?, ?) ON CONFLICT(kind, key, school) DO NOTHING"

    // MARK: Warnings

    private mutating func noteTwice(
        _ kind: DirectoryChange.Kind,
        _ key: String,
        first: (file: String, line: Int),
        _ change: DirectoryChange
    ) throws {
        try connection.run(
            "INSERT INTO stage_duplicate(kind, key) VALUES (?, ?) ON CONFLICT(kind, key) DO NOTHING",
            kind.rawValue,
            key
        )
        warn(
            change,
            "duplicateKey",
            "The same id stands in \(first.file):\(first.line) with other contents; the record of \(change.file):\(change.line) counts."
        )
    }

    private mutating func warnUnknown(_ kind: DirectoryChange.Kind, _ change: DirectoryChange) {
        warn(change, "unknownRecord", "Neither the directory nor the delivery has this id among the \(kind.name).")
    }

    private mutating func warn(_ change: DirectoryChange, _ code: String, _ detail: String) {
        let record = String(change.key.prefix(64))
        warnings.append(.init(file: change.file, line: change.line, record: record, code: code, detail: detail))
    }

    // MARK: Contents

    private static func hash(_ value: some Hashable) -> Int64 {
        var hasher = Hasher()
        hasher.combine(value)
        return Int64(hasher.finalize())
    }
}

extension PersonKind {
    init?(_ kind: DirectoryChange.Kind) {
        switch kind {
        case .pupil: self = .pupil
        case .guardian: self = .guardian
        case .staff: self = .staff
        default: return nil
        }
    }

    var changeKind: DirectoryChange.Kind {
        switch self {
        case .pupil: .pupil
        case .guardian, .unknown: .guardian
        case .staff: .staff
        }
    }
}

extension PupilRecord.Membership.Place {
    /// `school` is nil for a school.
    var parts: (kind: DirectoryChange.Kind, key: String, school: String?, name: String) {
        switch self {
        case .school(let key): (.school, key, nil, "")
        case .schoolClass(let key, let school, let name): (.schoolClass, key, school, name)
        case .group(let key, let school, let name): (.group, key, school, name)
        }
    }
}

extension Row {
    /// A day that may be open.
    borrowing func day(_ column: Int) -> CalendarDay? {
        int64OrNil(column).map { CalendarDay(daysSince1970: Int32(clamping: $0)) }
    }
}
