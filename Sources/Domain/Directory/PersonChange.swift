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
