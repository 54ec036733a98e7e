package import Domain

/// A person of the directory, and why he or she is in it. Keys only, no names of persons.
package struct PersonEntry: Hashable, Sendable {
    package var kind: PersonKind
    /// One for each feed that knows the person.
    package var records: [FeedRecord]
    /// The ENT's ids.
    package var accounts: [String]
    package var feed: String?
    package var origin = RecordOrigin()
    /// Those that are not disabled.
    package var devices = 0
    package var places: [Place] = []
    package var guardians: [Relation] = []
    package var pupils: [Relation] = []

    /// Where a person is a member.
    package struct Place: Hashable, Sendable {
        package var kind: PlaceKind
        package var key: String
        package var name: String
        /// UAI.
        package var school: String?
        package var from: CalendarDay?
        package var to: CalendarDay?
        package var origin: RecordOrigin
    }

    /// A guardian of a pupil, or a pupil of a guardian.
    package struct Relation: Hashable, Sendable {
        package var key: String?
        package var since: CalendarDay?
        package var origin: RecordOrigin
        /// Named, but without a record: nobody who is rung.
        package var isMissing: Bool
    }
}
