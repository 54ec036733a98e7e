import Database
package import Domain

/// Whom a publication concerns, as the directory says at this moment.
package struct Audience: Sendable, Equatable {
    package struct Person: Sendable, Equatable {
        package var person: PersonID
        package var role: ConcernedPersons.Role
        /// The pupils through whom he or she is concerned, sorted; empty for a person only named directly.
        package var through: [PersonID]
        /// Nothing is sent to this person although named.
        package var withheld: Reason?

        package init(
            person: PersonID,
            role: ConcernedPersons.Role,
            through: [PersonID],
            withheld: Reason? = nil
        ) {
            self.person = person
            self.role = role
            self.through = through
            self.withheld = withheld
        }
    }

    /// Sorted by person, each once; the author with role `author`, users nobody knows at the end.
    package var persons: [Person] = []
    package var pupils: [PersonID] = []
    package var pupilsWithoutGuardian: [PersonID] = []
    package var unknownUsers: [String] = []
}

extension RegistryReader {
    /// Resolves an audience in one snapshot.
    ///
    /// `members`: as posted; what resolves to nothing is skipped (``unresolved(_:)`` names it).
    /// `day`: presence is that of this day, in the time zone of the school.
    /// `author`: left out, by ENT id or feed key.
    /// `schools`: when given, only persons with a tie to one of these UAIs may be named directly; others are withheld `forbidden`.
    package func audience(
        of members: [AudienceMember],
        on day: (_ uai: String?) -> CalendarDay,
        author: String?,
        schools: Set<String>? = nil
    ) throws -> Audience {
        try snapshot { reader in
            var pupils: Set<PersonID> = []
            var named: [String] = []
            for member in members {
                switch member {
                case .schoolClass(let key): pupils.formUnion(try reader.pupilsPresent(kind: 1, key: key, on: day))
                case .group(let key): pupils.formUnion(try reader.pupilsPresent(kind: 2, key: key, on: day))
                case .school(let uai):
                    guard let key = try reader.schoolKey(uai: uai) else { continue }
                    pupils.formUnion(try reader.pupilsPresent(kind: 0, key: key, on: day))
                case .pupil(let key):
                    if let person = try reader.person(key), person.kind == .pupil { pupils.insert(person.id) }
                case .user(let key): named.append(key)
                }
            }
            return try reader.audience(pupils: pupils, named: named, author: author, schools: schools)
        }
    }

    private func audience(
        pupils: Set<PersonID>,
        named: [String],
        author: String?,
        schools: Set<String>?
    ) throws -> Audience {
        var audience = Audience()
        var concerned: [PersonID: Audience.Person] = [:]
        audience.pupils = pupils.sorted()
        var withGuardian: Set<PersonID> = []
        var unknown: Set<ExactText> = []
        try links(of: audience.pupils) { pupil, guardian in
            withGuardian.insert(pupil)
            concerned[guardian, default: .init(person: guardian, role: .guardian, through: [])].through.append(pupil)
        }
        audience.pupilsWithoutGuardian = audience.pupils.filter { !withGuardian.contains($0) }
        for key in named {
            guard let person = try person(key) else {
                if unknown.insert(ExactText(key)).inserted { audience.unknownUsers.append(key) }
                continue
            }
            let role: ConcernedPersons.Role = person.kind == .guardian ? .guardian : .other
            concerned[person.id, default: .init(person: person.id, role: role, through: [])].role = role
            if let schools, concerned[person.id]?.through.isEmpty == true, try !isTied(person.id, to: schools) {
                concerned[person.id]?.withheld = .forbidden
            }
        }
        if let author, let person = try person(author), concerned[person.id] != nil {
            concerned[person.id]?.role = .author
        }
        for id in concerned.keys { concerned[id]?.through.sort() }
        audience.persons = concerned.values.sorted { $0.person < $1.person }
        for index in audience.unknownUsers.indices {
            audience.persons.append(
                .init(person: .unknown(index: index), role: .other, through: [], withheld: .unknownUser)
            )
        }
        return audience
    }

    /// Pupils in a class or group (or school) on the day; the dates of the place and of its school both count.
    private func pupilsPresent(kind: Int, key: String, on day: (String?) -> CalendarDay) throws -> [PersonID] {
        let place = try connection.first(
            RegistrySQL.placeWithSchool.rawValue,
            kind,
            key
        ) { ($0.int64(0), $0.int64(1), $0.textOrNil(2)) }
        guard let (id, school, uai) = place else { return [] }
        let today = Int64(day(uai).daysSince1970)
        return try connection.all(RegistrySQL.pupilsPresent.rawValue, id, school, today) {
            PersonID(rawValue: $0.int64(0))
        }
    }

    /// Calls `body` for each link of these pupils; a statement for many pupils, not for each.
    private func links(of pupils: [PersonID], _ body: (_ pupil: PersonID, _ guardian: PersonID) -> Void) throws {
        try connection.query(RegistryKeyedSQL.guardians, keys: pupils.map(\.rawValue)) { row in
            body(PersonID(rawValue: row.int64(0)), PersonID(rawValue: row.int64(1)))
        }
    }

    private func schoolKey(uai: String) throws -> String? {
        try connection.first(RegistrySQL.schoolKey.rawValue, uai) { $0.text(0) }
    }

    /// Is or was this person, or a pupil of his or hers, a member of one of these schools?
    private func isTied(_ person: PersonID, to schools: Set<String>) throws -> Bool {
        let uais = try connection.all(RegistrySQL.schoolsOfPerson.rawValue, person.rawValue) { $0.textOrNil(0) }
        return uais.contains { uai in uai.map(schools.contains) ?? false }
    }
}
