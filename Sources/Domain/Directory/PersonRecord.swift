package struct PersonRecord: Hashable, Sendable {
    package var key: String
    package var lastName: String
    package var firstName: String
    /// Join keys of the schools a member of staff works at: who may write to him or her. Empty for everybody else.
    package var schools: [String]

    package init(key: String, lastName: String, firstName: String, schools: [String] = []) {
        self.key = key
        self.lastName = lastName
        self.firstName = firstName
        self.schools = schools
    }
}
