/// A class or group of a school, by keys of its feed.
package struct PlaceRecord: Hashable, Sendable {
    /// ``DirectoryChange/Kind/schoolClass`` or ``DirectoryChange/Kind/group``.
    package var kind: DirectoryChange.Kind
    package var key: String
    package var school: String
    package var name: String

    package init(kind: DirectoryChange.Kind, key: String, school: String, name: String) {
        self.kind = kind
        self.key = key
        self.school = school
        self.name = name
    }
}
