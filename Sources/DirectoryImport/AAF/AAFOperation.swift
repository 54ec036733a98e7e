package import Domain

/// Whether a delivery says everything or only what changed.
package enum AAFMode: Hashable, Sendable {
    case complete
    case delta
}

/// One request of an AAF file, in our terms.
package struct AAFOperation: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Replaces the whole record of that key, or makes it.
        case add(DirectoryRecord)
        /// Replaces what is named and leaves the rest; only in a delta.
        case modify(key: String, AAFChange)
        /// Only in a delta.
        case remove(AAFCategory, key: String)
    }
    package var action: Action
    /// Where the request begins, for warnings.
    package var file: String
    package var line: Int
    /// The day the file says it was made (`dateGenerationExport`): new classes of a delta begin on it.
    package var day: CalendarDay?
}

/// What a modification replaces.
package enum AAFChange: Hashable, Sendable {
    case school(SchoolChange)
    case pupil(PupilChange)
    case relative(PersonChange)
    case staff(PersonChange)
}

/// nil leaves as it is; an empty text clears.
package struct SchoolChange: Hashable, Sendable {
    package var uai: String?
    package var name: String?

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

    package func applied(to person: PersonRecord) -> PersonRecord {
        PersonRecord(
            key: person.key,
            lastName: lastName ?? person.lastName,
            firstName: firstName ?? person.firstName,
            schools: schools ?? person.schools
        )
    }
}
