/// What a modification replaces.
package enum RecordChange: Hashable, Sendable {
    case school(SchoolChange)
    case pupil(PupilChange)
    case relative(PersonChange)
    case staff(PersonChange)
}
