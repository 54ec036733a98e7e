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
    /// `members`: as posted; what resolves to nothing, or by now to several, is skipped (``find(_:in:)`` tells which).
    /// `school`: `data.school`, where keys are looked for first.
    /// `day`: presence is that of this day, in the time zone of the school.
    /// `author`: left out, by ENT id or feed key.
    /// `schools`: when given, only persons with a tie to one of these UAIs may be named directly; others are withheld `forbidden`.
    package func audience(
        of members: [AudienceMember],
        in school: String? = nil,
        on day: (_ uai: String?) -> CalendarDay,
        author: String?,
        schools: Set<String>? = nil
    ) throws -> Audience {
        try snapshot { reader in
            var pupils: Set<PersonID> = []
            var named: [String] = []
            for member in members {
                if case .user(let key) = member {
                    named.append(key)
                    continue
                }
                switch try reader.find(member, in: school) {
                case .place(let place): pupils.formUnion(try reader.pupilsPresent(in: place, on: day))
                case .person(let person): pupils.insert(person.id)
                case .nothing, .several: continue
                }
            }
            return try reader.audience(pupils: pupils, named: named, author: author, in: school, schools: schools)
        }
    }

    private func audience(
        pupils: Set<PersonID>,
        named: [String],
        author: String?,
        in school: String?,
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
            guard let person = try find(.user(key), in: school).person else {
                if unknown.insert(ExactText(key)).inserted { audience.unknownUsers.append(key) }
                continue
            }
            let role: ConcernedPersons.Role = person.kind == .guardian ? .guardian : .other
            concerned[person.id, default: .init(person: person.id, role: role, through: [])].role = role
            if let schools, concerned[person.id]?.through.isEmpty == true, try !isTied(person.id, to: schools) {
                concerned[person.id]?.withheld = .forbidden
            }
        }
        if let author, let person = try find(.user(author), in: school).person, concerned[person.id] != nil {
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
    func pupilsPresent(in place: FoundPlace, on day: (String?) -> CalendarDay) throws -> [PersonID] {
        let today = Int64(day(place.uai).daysSince1970)
        return try connection.all(RegistrySQL.pupilsPresent.rawValue, place.id, place.school, today) {
            PersonID(rawValue: $0.int64(0))
        }
    }

    /// Whether the place has a pupil on the day. One row of the same question.
    package func isAnybodyPresent(in place: FoundPlace, on day: CalendarDay) throws -> Bool {
        try connection.first(
            RegistrySQL.pupilsPresent.rawValue,
            place.id,
            place.school,
            Int64(day.daysSince1970)
        ) { $0.int64(0) } != nil
    }

    /// Calls `body` for each link of these pupils; a statement for many pupils, not for each.
    private func links(of pupils: [PersonID], _ body: (_ pupil: PersonID, _ guardian: PersonID) -> Void) throws {
        try connection.query(RegistryKeyedSQL.guardians, keys: pupils.map(\.rawValue)) { row in
            body(PersonID(rawValue: row.int64(0)), PersonID(rawValue: row.int64(1)))
        }
    }

    /// Is or was this person, or a pupil of his or hers, a member of one of these schools?
    package func isTied(_ person: PersonID, to schools: Set<String>) throws -> Bool {
        let uais = try connection.all(RegistrySQL.schoolsOfPerson.rawValue, person.rawValue) { $0.textOrNil(0) }
        return uais.contains { uai in uai.map(schools.contains) ?? false }
    }
}
