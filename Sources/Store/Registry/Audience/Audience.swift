package import Domain

/// Whom a publication concerns, as the directory says at this moment.
package enum Audience {
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
}
