import Database
import Domain

/// Where an export is collected: as the directory will be, of all that it speaks of.
struct Stage {
    let connection: any Session
    let feed: Int64
    /// Of the feed.
    let name: String
    let scope: ImportScope
    /// What was met by this batch.
    private(set) var warnings: [ImportWarning] = []

    init(_ connection: any Session, feed: Int64, name: String, scope: ImportScope) {
        self.connection = connection
        self.feed = feed
        self.name = name
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
            try connection.run(Self.keepLink, pupil, guardian, "", change.file, change.line)
        case .unlink(let pupil, let guardian):
            guard try touchPupil(pupil, change) else { return }
            try connection.run("DELETE FROM stage_link WHERE pupil = ? AND guardian = ?", pupil, guardian)
        case .removeUser(let id):
            try connection.run(
                """
                INSERT INTO stage_user(ent_id, feed, key, is_removed) VALUES (?, '', '', 1)
                ON CONFLICT(ent_id) DO UPDATE SET is_removed = 1, hash = NULL
                """,
                id
            )
        }
    }

    static let keepLink =
        "INSERT INTO stage_link(pupil, guardian, raw, file, line) VALUES (?, ?, ?, ?, ?) ON CONFLICT(pupil, guardian) DO NOTHING"

    // MARK: What the export speaks of

    /// A delta speaks of this person: what the directory has of him or her is copied, so that the stage shows the whole.
    func touch(_ key: String, _ change: DirectoryChange) throws {
        guard scope == .changes else { return }
        try connection.run(Self.keepScope, 3, key, "", change.file, change.line)
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
            CROSS JOIN place WHERE place.id = membership.place AND membership.person = ?1
            """,
            id,
            key
        )
        try connection.run(
            """
            INSERT INTO stage_link(pupil, guardian, raw) SELECT ?2, adult.key, raw FROM guardianship
            CROSS JOIN person adult WHERE adult.id = guardianship.record AND guardianship.pupil = ?1
            """,
            id,
            key
        )
        // Whoever comes or goes as a guardian changes the pupils who name him or her.
        let pupils = try connection.all(
            "SELECT person.key FROM guardianship CROSS JOIN person WHERE person.id = guardianship.pupil AND guardianship.record = ?",
            id
        ) { $0.text(0) }
        for pupil in pupils { try touch(pupil, change) }
    }

    func touchPlace(_ kind: DirectoryChange.Kind, _ key: String, _ school: String) throws {
        guard scope == .changes else { return }
        try connection.run(Self.keepScope, kind.rawValue, key, school, String?.none, Int?.none)
    }

    static let keepScope =
        "INSERT INTO stage_scope(kind, key, school, file, line) VALUES (?, ?, ?, ?, ?) ON CONFLICT(kind, key, school) DO NOTHING"

    // MARK: Warnings

    mutating func noteTwice(
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

    mutating func warnUnknown(_ kind: DirectoryChange.Kind, _ change: DirectoryChange) {
        warn(change, "unknownRecord", "Neither the directory nor the export has this id among the \(kind.name).")
    }

    mutating func warn(_ change: DirectoryChange, _ code: String, _ detail: String) {
        let record = String(change.key.prefix(64))
        warnings.append(.init(file: change.file, line: change.line, record: record, code: code, detail: detail))
    }

    // MARK: Contents

    static func hash(_ value: some Hashable) -> Int64 {
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
