/// What a name stands for in the directory.
package enum DirectoryEntry: Hashable, Sendable {
    case person(PersonEntry)
    case place(PlaceEntry)
}
