/// What a modification replaces.
package enum RecordChange: Hashable, Sendable {
    case school(SchoolChange)
    case pupil(PupilChange)
    case relative(PersonChange)
    case staff(PersonChange)
}

/// nil leaves as it is; an empty text clears.
package struct SchoolChange: Hashable, Sendable {
    package var uai: String?
    package var name: String?

    package init(uai: String? = nil, name: String? = nil) {
        self.uai = uai
        self.name = name
    }

    package func applied(to school: SchoolRecord) -> SchoolRecord {
        SchoolRecord(key: school.key, uai: uai ?? school.uai, name: name ?? school.name)
    }
}

/// nil leaves as it is; an empty text clears.
package struct PersonChange: Hashable, Sendable {
    package var lastName: String?
    package var firstName: String?
    /// Join keys of the schools a member of staff works at.
    package var schools: [String]?

    package init(lastName: String? = nil, firstName: String? = nil, schools: [String]? = nil) {
        self.lastName = lastName
        self.firstName = firstName
        self.schools = schools
    }

    package func applied(to person: PersonRecord) -> PersonRecord {
        PersonRecord(
            key: person.key,
            lastName: lastName ?? person.lastName,
            firstName: firstName ?? person.firstName,
            schools: schools ?? person.schools
        )
    }
}
