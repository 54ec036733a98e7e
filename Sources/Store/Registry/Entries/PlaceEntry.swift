package import Domain

/// A school, class or group of the directory, and why it is in it. Keys only, no names of persons.
package struct PlaceEntry: Hashable, Sendable {
    package var kind: PlaceKind
    package var key: String
    package var name: String
    /// UAI: its own, or that of its school.
    package var school: String?
    package var feed: String?
    package var origin: RecordOrigin
    /// Classes and groups of a school; empty for others.
    package var classes: [Class] = []
    package var pupils: [Pupil] = []

    /// A class or group of a school.
    package struct Class: Hashable, Sendable {
        package var kind: PlaceKind
        package var key: String
        package var name: String
        package var members: Int
        package var origin: RecordOrigin
    }

    /// A pupil who is a member.
    package struct Pupil: Hashable, Sendable {
        package var key: String?
        package var from: CalendarDay?
        package var to: CalendarDay?
        /// Those with a record.
        package var guardians: Int
        package var origin: RecordOrigin
    }
}
