/// What a feed says of one thing, in one shape for all feeds. Keys are the feed's own, opaque, leading zeros kept.
package enum DirectoryRecord: Hashable, Sendable {
    case school(SchoolRecord)
    case pupil(PupilRecord)
    case guardian(PersonRecord)
    case staff(PersonRecord)
    case user(UserRecord)
}
